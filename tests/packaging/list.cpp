// Lists the e-mail addresses of the active users.
#include <zoom_s2s.hpp>

#include <iostream>

int main() {
  zoom_s2s::Client zoom{zoom_s2s::Config::from_env()};
  for (const auto& user : zoom.users()) std::cout << user.email() << '\n';
}
