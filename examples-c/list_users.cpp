// Lists all users of the account: e-mail address and ID.
//
//     c++ -std=c++17 list_users.cpp -lzoom_s2s -o list_users
//     ZOOM_ACCOUNT_ID=… ZOOM_CLIENT_ID=… ZOOM_CLIENT_SECRET_FILE=… ./list_users

#include <iostream>

#include <zoom_s2s.hpp>

int main() {
    try {
        zoom_s2s::Client zoom{zoom_s2s::Config::from_env().user_agent("list_users/1.0")};
        for (const auto& user : zoom.users(zoom_s2s::Status::all))
            std::cout << user.email() << '\t' << user.id().value_or("(pending)") << '\n';
        return std::cout.flush() ? 0 : 1;
    } catch (const zoom_s2s::Error& error) {
        // Over several lines: what happened, what to do next, and the tracking ID for Zoom's support.
        std::cerr << "list_users: " << error.what() << '\n';
        return 1;
    }
}
