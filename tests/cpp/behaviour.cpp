// Every call of zoom_s2s.hpp against a sandbox: program USERS ACTIVE DIRECTORY.
//
// The sandbox holds calls of /roles for long, refuses /metrics for a missing scope and /past_meetings for
// the day, and breaks the connection of POST /users.

#include <zoom_s2s.hpp>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "check.hpp"

using namespace std::chrono_literals;
using zoom_s2s::Client, zoom_s2s::Config, zoom_s2s::Error, zoom_s2s::ErrorStatus, zoom_s2s::Field;
using zoom_s2s::Request, zoom_s2s::Stat, zoom_s2s::Status, zoom_s2s::User, zoom_s2s::UsersPage, zoom_s2s::UsersQuery;

template <class T> constexpr bool move_only = !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T>
    && std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T>;
template <class T> constexpr bool shared = std::is_nothrow_copy_constructible_v<T> && std::is_nothrow_copy_assignable_v<T>
    && std::is_nothrow_move_constructible_v<T>;

static_assert(move_only<Client> && move_only<Config> && move_only<UsersQuery> && move_only<Request>);
static_assert(move_only<zoom_s2s::Token> && move_only<zoom_s2s::Response>);
static_assert(move_only<zoom_s2s::UsersPager> && move_only<zoom_s2s::EntriesPager>);
static_assert(shared<Error> && shared<User> && shared<UsersPage>);
static_assert(shared<zoom_s2s::Entry> && shared<zoom_s2s::EntriesPage> && shared<zoom_s2s::Column>);
static_assert(std::is_base_of_v<std::exception, Error>);
static_assert(std::is_same_v<decltype(std::declval<User>().id()), std::optional<std::string_view>>);
static_assert(std::is_same_v<std::iterator_traits<decltype(std::declval<zoom_s2s::UsersPager>().begin())>::value_type, User>);
#if __cplusplus >= 202002L
static_assert(std::input_iterator<decltype(std::declval<zoom_s2s::UsersPager>().begin())>);
static_assert(std::input_iterator<decltype(std::declval<UsersPage>().begin())>);
#endif

namespace {

template <class F> Error failure(F call) {
    try {
        call();
    } catch (const std::exception& error) {
        const Error* known = dynamic_cast<const Error*>(&error);
        CHECK(known != nullptr);
        CHECK(std::string_view(error.what()) == known->text());
        return *known;
    }
    CHECK((std::fputs("nothing was thrown\n", stderr), false));
    return Error();
}

void the_library() {
    CHECK(zoom_s2s::version() == ZOOM_S2S_VERSION);
    CHECK(zoom_s2s::abi() >= ZOOM_S2S_ABI);
    CHECK(zoom_s2s::features() == "store:memory store:file store:redis");
    CHECK(zoom_s2s::name(ErrorStatus::network) == "NETWORK");
    CHECK(zoom_s2s::name(Field::email) == "email");
    CHECK(zoom_s2s::name(Stat::token_requests) == "token_requests");
    CHECK(zoom_s2s::name(Stat::fetched_alone) == "fetched_alone");
    CHECK(zoom_s2s::field("email") == Field::email);
    CHECK(!zoom_s2s::field("nonsense") && !zoom_s2s::field(std::string("email\0!", 7)));
    CHECK(zoom_s2s::kind(Field::type) == zoom_s2s::FieldKind::number);
    CHECK(zoom_s2s::entry_key(Field::custom_attributes, 1) == "name");
    CHECK(zoom_s2s::entry_key(Field::custom_attributes, 3).empty());
}

void listing(Client& zoom, std::size_t users) {
    std::vector<User> kept;
    std::set<std::string> emails;
    for (const auto& user : zoom.users(UsersQuery().status(Status::all).page_size(7).timeout(20s).max_passes(2))) {
        kept.push_back(user);
        CHECK(emails.insert(std::string(user.email())).second);
        CHECK(user.id().has_value() == (user.status() != "pending"));
    }
    CHECK(kept.size() == users);
    for (const auto& user : kept) CHECK(emails.count(std::string(user.email())) == 1);

    // Page by page: of a temporary, of a pager, and with next.
    std::size_t pages = 0, rows = 0;
    for (const auto& page : zoom.users(UsersQuery().page_size(7)).pages()) {
        pages++;
        for (const auto& user : page) rows += user.page().get() == page.get();
    }
    CHECK(pages > 2 && rows == static_cast<std::size_t>(std::count_if(kept.begin(), kept.end(), [](const User& user) { return user.status() == "active"; })));

    UsersQuery query = UsersQuery().status(Status::all).page_size(7);
    auto pager = zoom.users(query);
    CHECK(!pager.total_records() && !pager.checked() && !pager.changed() && pager.status() == Status::active);
    auto first = pager.next();
    CHECK(first && first->count() == 7 && !first->next_page_token().empty() && pager.total_records());
    CHECK(first->total_records() == pager.total_records() && first->page_size() == 7 && first->page_number() == 1);
    CHECK(*first->page_count() > 1 && first->json().front() == '{');
    const auto column = first->column(Field::email);
    const auto types = first->try_column(Field::type);
    CHECK(column.count() == 7 && !column[7] && types);
    for (std::size_t row = 0; row < 7; row++) {
        const User user = (*first)[row];
        CHECK(column[row] == user.email() && (*types)[row].has_value() == user.type().has_value());
        CHECK(!user.type() || (*types)[row] == std::to_string(*user.type()));
    }
    CHECK(failure([&] { (void)first->column(Field::group_ids); }).status() == ErrorStatus::invalid_argument);
    for (auto page = pager.pages().begin(); page != pager.pages().end(); page++) {
        rows = page->count();
        break;
    }
    // The rest as users; and the iterator stays good while its pager moves.
    auto user = pager.begin();
    auto moved = std::move(pager);
    std::size_t rest = 0;
    for (; user != moved.end(); user++) rest += !user->email().empty();
    CHECK(rest == users - 7 - rows);
    CHECK(!moved.next() && moved.checked() && moved.status() == Status::pending);

    // An algorithm of the standard library.
    auto again = zoom.users(Status::all);
    CHECK(std::vector<User>(again.begin(), again.end()).size() == users);
    auto by_default = zoom.users();
    CHECK(std::distance(by_default.begin(), by_default.end()) > 0);
}

void one_user(const Client& zoom, const std::string& active) {
    const User user = zoom.user(active);
    CHECK(user.email() == active && user.row() == 0 && user.page().count() == 1);
    CHECK(zoom.user(*user.id()).email() == active);
    CHECK(user.has(Field::email) && !user.text(Field::group_ids) && !user.has(Field{999}) && !user.text(Field{999}));
    CHECK(user.number(Field::type) == user.type() && !user.number(Field::email) && !user.text(Field::type));
    CHECK(user.status() == "active");
    // Not every user has a name.
    CHECK(user.first_name().has_value() == user.has(Field::first_name) && user.last_name() == user.text(Field::last_name));
    CHECK(user.display_name().value_or("") == user.text(Field::display_name).value_or(""));
    CHECK(user.json().find(active) != std::string_view::npos);
    CHECK(user.member_json("email") == '"' + active + '"' && !user.member_json("nonsense"));
    CHECK(!user.try_member_json(std::string("a\0b", 3)));
}

void lists(const Client& zoom) {
    std::size_t attributes = 0, groups = 0;
    auto query = UsersQuery();
    query.include_fields(zoom_s2s::IncludeFields::custom_attributes).include_fields(zoom_s2s::IncludeFields::host_key);
    for (const auto& user : zoom.users(query)) {
        for (std::size_t index = 0; index < user.list_count(Field::custom_attributes); index++, attributes++) {
            CHECK(user.list_has(Field::custom_attributes, index, "name"));
            CHECK(user.list_text(Field::custom_attributes, index, "name"));
            CHECK(!user.list_text(Field::custom_attributes, index, "nonsense"));
        }
        for (std::size_t index = 0; index < user.list_count(Field::group_ids); index++, groups++)
            CHECK(!user.list_text(Field::group_ids, index)->empty());
        CHECK(!user.list_text(Field::group_ids, user.list_count(Field::group_ids)));
        CHECK(!user.list_number(Field::license_info_list, 99, "license_option"));
    }
    CHECK(attributes > 0 && groups > 0);
    auto by_role = zoom.users(UsersQuery().role_id("2").license(zoom_s2s::License::workforce_management));
    CHECK(by_role.next());
}

void tokens(const Client& zoom) {
    const auto token = zoom.token();
    CHECK(token.header() == "Authorization: " + std::string(token.bearer()));
    CHECK(token.bearer() == "Bearer " + std::string(token.value()) && token.value().size() > 10);
    CHECK(token.expires_in() > 30min && token.expires_in() <= 1h);
    const auto left = token.expires_at() - std::chrono::system_clock::now();
    CHECK(left > 30min && left <= 1h + 1min);
    CHECK(!token.scope().empty() && token.has_scope("user:read:list_users:admin") && !token.has_scope("nonsense"));

    char buffer[4096];
    const std::size_t needed = zoom.token_copy(nullptr, 0);
    CHECK(needed == token.value().size() + 1 && zoom.token_copy(buffer, sizeof buffer) == needed);
    CHECK(token.value() == buffer);
    CHECK(failure([&] { zoom.token_copy(buffer, 3); }).status() == ErrorStatus::invalid_argument);

    CHECK(zoom.token().value() == token.value());
    zoom.reject_token(token.bearer());
    const auto second = zoom.token();
    CHECK(second.value() != token.value());
    zoom.reject_token(token.value());
    CHECK(zoom.token().value() == second.value());
    CHECK(zoom.refresh_token().value() != second.value());
    CHECK(zoom.stat(Stat::tokens_rejected) == 1 && zoom.stat(Stat::tokens_obtained) == 2);
    CHECK(zoom.status_json().front() == '{');
}

void requests(const Client& zoom, const std::string& active) {
    auto request = Request("GET", "/users/{userId}/meetings").segment("userId", active).query("page_size", "10").header("X-Trial", "").timeout(10s);
    const auto response = zoom.send(request);
    CHECK(response.status() == 200 && response.body().find("\"meetings\"") != std::string_view::npos);
    CHECK(response.header("Content-Type")->substr(0, 16) == "application/json" && !response.header("nonsense"));
    CHECK(response.tracking_id() == response.header("x-zm-trackingid") && response.tracking_id());
    CHECK(response.header_count() > 2);
    for (std::size_t index = 0; index < response.header_count(); index++)
        CHECK(response.header(response.header_name(index)).value_or("") == response.header_value(index));

    std::size_t meetings = 0, pages = 0;
    auto pager = zoom.pages(request, "meetings");
    pager.max_passes(1);
    std::optional<zoom_s2s::Entry> last;
    for (const auto& meeting : pager) {
        last = meeting;
        meetings++;
    }
    CHECK(meetings == 75 && pager.total_records() == 75 && pager.checked() && !pager.changed());
    CHECK(last->json().front() == '{' && last->member_json("id") && !last->member_json("nonsense"));
    CHECK(last->page()[last->index()].json() == last->json());
    for (const auto& page : zoom.pages(request, "meetings").pages()) {
        pages++;
        CHECK(page.total_records() == 75 && page.json().front() == '{');
        CHECK(page.next_page_token().empty() == (pages == 8));
        for (auto entry : page) meetings -= entry.try_member_json("id") ? 1 : 0;
    }
    CHECK(pages == 8 && meetings == 0);
    auto by_hand = zoom.pages(request, "meetings");
    CHECK(by_hand.next()->count() == 10);
    for (const auto& page : by_hand.pages()) pages += page.count();
    CHECK(pages == 8 + 65);

    const auto created = zoom.send(Request("POST", "/users/{userId}/meetings").segment("userId", active)
        .body(R"({"topic": "Trial", "type": 2})", "application/json"));
    CHECK(created.status() == 201 && created.body().find("Trial") != std::string_view::npos);
}

void failures(const Client& zoom) {
    const Error missing = failure([&] { (void)zoom.user("nobody@example.com"); });
    CHECK(missing.status() == ErrorStatus::not_found && missing.http_status() == 404 && missing.zoom_code() == 1001);
    CHECK(missing.body() && missing.body()->find("1001") != std::string_view::npos && missing.tracking_id());
    CHECK(!missing.message().empty() && missing.text().find(missing.message()) == 0);
    CHECK(!missing.is_retryable() && !missing.in_doubt() && !missing.oauth_error() && !missing.retry_after());
    Error copy = missing;
    Error moved = std::move(copy);
    CHECK(moved.get() == missing.get() && moved.what() == missing.what());

    const Error refused = failure([&] { (void)Client(Config::from_env().client_secret("wrong")).token(); });
    CHECK(refused.status() == ErrorStatus::credentials && refused.oauth_error() == "invalid_client");
    CHECK(refused.http_status() && !refused.hint().empty());

    const Error scope = failure([&] { (void)zoom.send(Request("GET", "/metrics/meetings")); });
    CHECK(scope.status() == ErrorStatus::missing_scope && scope.missing_scopes() == "dashboard:read:list_meetings:admin");

    const Error limit = failure([&] { (void)zoom.send(Request("GET", "/past_meetings/1/participants")); });
    CHECK(limit.status() == ErrorStatus::rate_limited && limit.retry_after() && *limit.retry_after() > 0ms && limit.is_retryable());

    const Error broken = failure([&] { (void)zoom.send(Request("POST", "/users").body("{}", "application/json")); });
    CHECK(broken.status() == ErrorStatus::network && broken.in_doubt() && !broken.body() && !broken.http_status() && !broken.zoom_code());

    const Error none;
    CHECK(none.status() == ErrorStatus::ok && none.text().empty() && !none.body() && !none.retry_after());
}

void without_exceptions(const Client& zoom) {
    auto token = zoom.try_token();
    CHECK(token && !token->value().empty() && token.error().status() == ErrorStatus::ok);
    auto missing = zoom.try_user("nobody@example.com");
    CHECK(!missing && missing.error().status() == ErrorStatus::not_found);
    CHECK(failure([&] { (void)std::move(missing).value(); }).status() == ErrorStatus::not_found);
    auto pager = zoom.try_users(UsersQuery().page_size(0));
    CHECK(!pager);
    auto listed = zoom.try_users(Status::active);
    auto page = listed->try_next();
    CHECK(page && *page && (*page)->count() > 0);
    CHECK(zoom.try_reject_token("other") && zoom.try_token()->value() == token->value());
    CHECK(zoom.try_token_copy(nullptr, 0) && zoom.try_status_json() && zoom.try_cancel());
    CHECK(!zoom.try_send(Request("NONSENSE", "/users")) && zoom.try_pages(Request("GET", "/roles"), "roles"));
    CHECK(!Client::try_create(Config()) && Client::try_from_env()->try_users());
    // The second revocation has nothing to do; a new token would only come after five seconds.
    CHECK(zoom.try_revoke_token());
    zoom.revoke_token();
    CHECK(zoom.try_shutdown() && zoom.try_refresh_token().error().status() == ErrorStatus::shutdown);
}

void settings(const std::string& directory) {
    // A first mistake is kept, and told by what the settings are given to.
    auto config = Config::from_env().timeout(-1ms).token_store("nonsense:");
    CHECK(config.error().status() == ErrorStatus::invalid_argument);
    CHECK(failure([&] { Client client(config); }).message() == config.error().message());
    CHECK(UsersQuery().page_size(0).error().message() != UsersQuery().page_size(3).error().message());

    // A text with a NUL inside is refused, whatever it is held in.
    const std::string cut("wrong\0secret", 12);
    CHECK(Config().client_secret(cut).error().status() == ErrorStatus::invalid_argument);
    CHECK(Config().client_secret(std::string_view(cut)).error().message() == Config().client_secret(nullptr).error().message());
    CHECK(Config().client_secret(std::string_view(cut).substr(0, 5)).error().status() == ErrorStatus::ok);

    const auto file = [&](const char* name) {
        const std::string path = directory + '/' + name;
        std::ofstream(path) << std::getenv(name) << '\n';
        return path;
    };
    auto from_files = Config()
        .account_id_file(file("ZOOM_ACCOUNT_ID")).client_id_file(file("ZOOM_CLIENT_ID"))
        .client_secret_file(file("ZOOM_CLIENT_SECRET"))
        .cloud(zoom_s2s::Cloud::commercial).oauth_url(std::getenv("ZOOM_S2S_OAUTH_URL"))
        .api_url(std::string(std::getenv("ZOOM_S2S_API_URL"))).regional(false).timeout(20s).connect_timeout(5s)
        .ca_only(false).no_proxy().token_store("memory:").body_limit(1 << 20).user_agent("trial/1");
    CHECK(from_files.error().status() == ErrorStatus::ok);
    CHECK(Client(from_files).users().next());
    auto given = Config::from_env().account_id(std::getenv("ZOOM_ACCOUNT_ID"))
        .client_id(std::getenv("ZOOM_CLIENT_ID")).client_secret(std::getenv("ZOOM_CLIENT_SECRET"));
    CHECK(Client(given).users().next());
    CHECK(Client(Config::jwt_from_env()).users().next());
    CHECK(Client(Config::from_env().api_key(std::getenv("ZOOM_API_KEY")).api_secret(std::getenv("ZOOM_API_SECRET"))).users().next());
    CHECK(Client(Config::from_env().api_key_file(file("ZOOM_API_KEY")).api_secret_file(file("ZOOM_API_SECRET"))).users().next());
    CHECK(failure([] { Client client(Config::from_env().ca_file("/nonsense")); }).status() == ErrorStatus::config);
    CHECK(Config().proxy("http://127.0.0.1:1").ca_only(true).error().status() == ErrorStatus::ok);
}

void moving(const Client& zoom) {
    auto config = Config::from_env();
    auto taken = std::move(config);
    CHECK(config.get() == nullptr && taken.get() != nullptr);
    CHECK(failure([&] { Client client(config); }).status() == ErrorStatus::invalid_argument);
    config = Config::from_env();
    Client first(config);
    Client second = std::move(first);
    CHECK(first.get() == nullptr && second.get() != nullptr);
    CHECK(failure([&] { (void)first.token(); }).status() == ErrorStatus::invalid_argument);
    CHECK(first.stat(Stat::retries) == -1 && second.stat(Stat::retries) == 0);
    first = std::move(second);
    auto token = first.token();
    auto other = std::move(token);
    CHECK(token.value().empty() && !other.value().empty());
    auto pager = zoom.users();
    auto rest = std::move(pager);
    CHECK(failure([&] { for (const auto& user : pager) (void)user; }).status() == ErrorStatus::invalid_argument);
    auto page = *rest.next();
    auto kept = std::move(page);
    CHECK(page.count() == 0 && page.begin() == page.end() && kept.count() > 0);
    auto request = Request("GET", "/users");
    auto sent = std::move(request);
    CHECK(!zoom.try_send(request) && zoom.try_send(sent));

    // From C and back.
    zoom_s2s_config* raw = nullptr;
    CHECK(zoom_s2s_config_new(&raw, nullptr) == ZOOM_S2S_OK);
    CHECK(Config(raw).get() == raw);
}

void ending(Client& zoom) {
    const auto held = [&] { (void)zoom.send(Request("GET", "/roles")); };
    const auto before = zoom.stat(Stat::api_requests);
    std::thread canceller([&] {
        while (zoom.stat(Stat::api_requests) == before) std::this_thread::sleep_for(1ms);
        zoom.cancel();
    });
    CHECK(failure(held).status() == ErrorStatus::cancelled);
    canceller.join();
    CHECK(!zoom.token().value().empty());
    zoom.shutdown();
    CHECK(failure([&] { (void)zoom.token(); }).status() == ErrorStatus::shutdown);
}

} // namespace

int main(int count, char** arguments) {
    CHECK(count == 4);
    const std::string active = arguments[2];
    the_library();
    std::optional<User> kept;
    std::optional<Error> thrown;
    {
        Client zoom{Config::from_env().token_store("memory:")};
        listing(zoom, static_cast<std::size_t>(std::atoi(arguments[1])));
        one_user(zoom, active);
        lists(zoom);
        requests(zoom, active);
        failures(zoom);
        moving(zoom);
        for (const auto& user : zoom.users())
            if (user.email() == active) kept = user;
        thrown = failure([&] { (void)zoom.user("nobody@example.com"); });
        ending(zoom);
    }
    // What was kept outlives loop, pager and client.
    CHECK(kept->email() == active && kept->json().find(active) != std::string_view::npos);
    CHECK(kept->page()[kept->row()].id() == kept->id());
    CHECK(thrown->http_status() == 404);
    settings(arguments[3]);
    tokens(Client::from_env());
    without_exceptions(Client::from_env());
    std::puts("done");
}
