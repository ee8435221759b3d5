// The SDK from C++: lists the users. The argument is how many pages to read at most; without one, all.

#include <cstdlib>
#include <iostream>

#include <zoom_s2s.hpp>

int main(int argc, char **argv) {
    long most = argc > 1 ? std::atol(argv[1]) : -1;
    unsigned long users = 0, checksum = 0;
    try {
        zoom_s2s::Client zoom{zoom_s2s::Config::from_env()};
        for (const auto& page : zoom.users().pages()) {
            for (const auto& user : page) {
                users++;
                checksum += user.email().size() + user.id().value_or("").size() + user.type().value_or(0);
            }
            if (--most == 0) break;
        }
    } catch (const zoom_s2s::Error& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
    std::cout << "users=" << users << " checksum=" << checksum << '\n';
}
