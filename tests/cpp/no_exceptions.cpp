// The second form of every call, for programs without exceptions and RTTI: program USERS.

#include <zoom_s2s.hpp>

#include "check.hpp"

int main(int count, char** arguments) {
    CHECK(count == 2);
    auto zoom = zoom_s2s::Client::try_create(zoom_s2s::Config::from_env().token_store("memory:"));
    CHECK(zoom);
    auto pager = zoom->try_users(zoom_s2s::UsersQuery().status(zoom_s2s::Status::all).page_size(10));
    CHECK(pager);
    std::size_t users = 0;
    for (;;) {
        auto page = pager->try_next();
        CHECK(page);
        if (!*page) break;
        for (const auto& user : **page) users += !user.email().empty();
    }
    CHECK(users == static_cast<std::size_t>(std::atoi(arguments[1])));
    auto user = zoom->try_user("nobody@example.com");
    CHECK(!user && user.error().status() == zoom_s2s::ErrorStatus::not_found);
    auto refused = zoom_s2s::Client::try_create(zoom_s2s::Config::from_env().cloud(zoom_s2s::Cloud{99}));
    CHECK(!refused && refused.error().status() == zoom_s2s::ErrorStatus::invalid_argument);
    std::puts("done");
}
