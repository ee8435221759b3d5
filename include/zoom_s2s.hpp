/* zoom_s2s.hpp: zoom_s2s.h for C++17 and newer. Header only; link with the C library (-lzoom_s2s).
 *
 *     zoom_s2s::Client zoom{zoom_s2s::Config::from_env()};
 *     for (const auto& user : zoom.users(zoom_s2s::Status::all))
 *         std::cout << user.email() << '\t' << user.id().value_or("(pending)") << '\n';
 *
 * It only translates: what a call does, and the whole contract, stands in zoom_s2s.h under the same name.
 *
 * Objects. Config, UsersQuery, Request, Client, Token, Response and the pagers are owners that can be moved
 *   and not copied. Pages, users, entries and errors never change: a copy is one more share of the same object.
 *   All free themselves, in any order. get() gives the pointer for C; a constructor takes one over from C.
 * Lifetimes. A std::string_view lives as long as the object it was taken from, or any share of that. A User
 *   or Entry holds a share of its page: keep it past the loop, and past the client, as you like.
 * Moved from. Such an object may be assigned to and destroyed; calls on it fail with
 *   ErrorStatus::invalid_argument, and what cannot fail gives the harmless value that zoom_s2s.h names.
 * Failures. Each call that can fail is there twice: token() throws zoom_s2s::Error, the only exception of this
 *   header besides std::bad_alloc; try_token() gives a Result<Token>, which holds the token or the Error. With
 *   exceptions switched off (-fno-exceptions) only the second form is there. RTTI is not needed. A mistake
 *   in a Config, UsersQuery or Request is kept by it, and reported by the call that it is given to.
 *
 *     auto pager = zoom.try_users();
 *     if (!pager) return fail(pager.error());
 *     for (;;) {
 *         auto page = pager->try_next();
 *         if (!page) return fail(page.error());
 *         if (!*page) break; // after the last one
 *         for (const auto& user : **page) use(user);
 *     }
 *
 * Threads. Client, Token, Response, pages, users, entries and errors: any number at a time. Config,
 *   UsersQuery, Request, pagers and all iterators: one at a time. Moving, assigning to and destroying an
 *   object must not overlap with its use. Client::cancel, from another thread, ends pending calls.
 * Texts in are UTF-8: a const char*, a std::string (neither is copied on its way) or a std::string_view. One
 *   with a NUL inside would be cut off there, and is refused like a null pointer instead.
 * Absent values are an empty std::optional; times are std::chrono.
 */

#ifndef ZOOM_S2S_HPP
#define ZOOM_S2S_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "zoom_s2s.h"

namespace zoom_s2s {

/* Numbers: each has the meaning of its namesake in zoom_s2s.h. New ones may appear. */

enum class ErrorStatus : std::int32_t {
    ok = ZOOM_S2S_OK, invalid_argument = ZOOM_S2S_INVALID_ARGUMENT, config = ZOOM_S2S_CONFIG,
    network = ZOOM_S2S_NETWORK, tls = ZOOM_S2S_TLS, timeout = ZOOM_S2S_TIMEOUT, cancelled = ZOOM_S2S_CANCELLED,
    shutdown = ZOOM_S2S_SHUTDOWN, credentials = ZOOM_S2S_CREDENTIALS, unauthorized = ZOOM_S2S_UNAUTHORIZED,
    missing_scope = ZOOM_S2S_MISSING_SCOPE, forbidden = ZOOM_S2S_FORBIDDEN, not_found = ZOOM_S2S_NOT_FOUND,
    rate_limited = ZOOM_S2S_RATE_LIMITED, server = ZOOM_S2S_SERVER, rejected = ZOOM_S2S_REJECTED,
    bad_response = ZOOM_S2S_BAD_RESPONSE, too_large = ZOOM_S2S_TOO_LARGE, incomplete = ZOOM_S2S_INCOMPLETE,
    store = ZOOM_S2S_STORE, internal = ZOOM_S2S_INTERNAL,
};

enum class Cloud : std::int32_t { commercial = ZOOM_S2S_CLOUD_COMMERCIAL, government = ZOOM_S2S_CLOUD_GOVERNMENT };

/** Which users to list. */
enum class Status : std::int32_t {
    active = ZOOM_S2S_STATUS_ACTIVE, inactive = ZOOM_S2S_STATUS_INACTIVE,
    pending = ZOOM_S2S_STATUS_PENDING, all = ZOOM_S2S_STATUS_ALL,
};

enum class IncludeFields : std::int32_t {
    custom_attributes = ZOOM_S2S_INCLUDE_CUSTOM_ATTRIBUTES, host_key = ZOOM_S2S_INCLUDE_HOST_KEY,
};

enum class License : std::int32_t {
    workforce_management = ZOOM_S2S_LICENSE_WORKFORCE_MANAGEMENT,
    compliance_management = ZOOM_S2S_LICENSE_COMPLIANCE_MANAGEMENT,
};

enum class Field : std::int32_t {
    id = ZOOM_S2S_USER_ID, email = ZOOM_S2S_USER_EMAIL, type = ZOOM_S2S_USER_TYPE,
    first_name = ZOOM_S2S_USER_FIRST_NAME, last_name = ZOOM_S2S_USER_LAST_NAME,
    display_name = ZOOM_S2S_USER_DISPLAY_NAME, status = ZOOM_S2S_USER_STATUS, pmi = ZOOM_S2S_USER_PMI,
    timezone = ZOOM_S2S_USER_TIMEZONE, dept = ZOOM_S2S_USER_DEPT, language = ZOOM_S2S_USER_LANGUAGE,
    phone_number = ZOOM_S2S_USER_PHONE_NUMBER, pic_url = ZOOM_S2S_USER_PIC_URL,
    vanity_url = ZOOM_S2S_USER_VANITY_URL, cluster = ZOOM_S2S_USER_CLUSTER,
    created_at = ZOOM_S2S_USER_CREATED_AT, user_created_at = ZOOM_S2S_USER_USER_CREATED_AT,
    last_login_time = ZOOM_S2S_USER_LAST_LOGIN_TIME, last_client_version = ZOOM_S2S_USER_LAST_CLIENT_VERSION,
    employee_unique_id = ZOOM_S2S_USER_EMPLOYEE_UNIQUE_ID, host_key = ZOOM_S2S_USER_HOST_KEY,
    role_id = ZOOM_S2S_USER_ROLE_ID, plan_united_type = ZOOM_S2S_USER_PLAN_UNITED_TYPE,
    verified = ZOOM_S2S_USER_VERIFIED, group_ids = ZOOM_S2S_USER_GROUP_IDS,
    im_group_ids = ZOOM_S2S_USER_IM_GROUP_IDS, division_ids = ZOOM_S2S_USER_DIVISION_IDS,
    custom_attributes = ZOOM_S2S_USER_CUSTOM_ATTRIBUTES, license_info_list = ZOOM_S2S_USER_LICENSE_INFO_LIST,
};

/** How a field is kept. */
enum class FieldKind : std::int32_t {
    text = ZOOM_S2S_KIND_TEXT, number = ZOOM_S2S_KIND_NUMBER, list = ZOOM_S2S_KIND_LIST,
};

/** What a client counts. */
enum class Stat : std::int32_t {
    token_requests = ZOOM_S2S_STAT_TOKEN_REQUESTS, tokens_obtained = ZOOM_S2S_STAT_TOKENS_OBTAINED,
    refreshes_failed = ZOOM_S2S_STAT_REFRESHES_FAILED, tokens_rejected = ZOOM_S2S_STAT_TOKENS_REJECTED,
    tug_of_war = ZOOM_S2S_STAT_TUG_OF_WAR, api_requests = ZOOM_S2S_STAT_API_REQUESTS,
    retries = ZOOM_S2S_STAT_RETRIES, rate_limited = ZOOM_S2S_STAT_RATE_LIMITED,
    connections = ZOOM_S2S_STAT_CONNECTIONS, dns_lookups = ZOOM_S2S_STAT_DNS_LOOKUPS,
    trust_store_reads = ZOOM_S2S_STAT_TRUST_STORE_READS, helper_threads = ZOOM_S2S_STAT_HELPER_THREADS,
    store_operations = ZOOM_S2S_STAT_STORE_OPERATIONS, store_failures = ZOOM_S2S_STAT_STORE_FAILURES,
    tokens_adopted = ZOOM_S2S_STAT_TOKENS_ADOPTED, fetched_alone = ZOOM_S2S_STAT_FETCHED_ALONE,
};

/** A text given to a call: holds it only while the call runs. Make none yourself. */
class TextArg {
public:
    TextArg(const char* text) noexcept : text_(text) {}
    TextArg(const std::string& text) noexcept : text_(whole(text) ? text.c_str() : nullptr) {}
    /** Copied, because a view need not end with a NUL: give secrets in one of the other forms. */
    TextArg(std::string_view text) : copy_(text), text_(whole(text) ? copy_.c_str() : nullptr) {}
    TextArg(const TextArg&) = delete;
    TextArg& operator=(const TextArg&) = delete;
    const char* get() const noexcept { return text_; }

private:
    static bool whole(std::string_view text) noexcept { return text.find('\0') == text.npos; }
    std::string copy_;
    const char* text_;
};

namespace detail {

template <auto Free> struct Freer {
    template <class C> void operator()(C* object) const noexcept { Free(object); }
};

template <class E> constexpr std::int32_t number(E value) noexcept { return static_cast<std::int32_t>(value); }

inline std::optional<std::string_view> unless_empty(std::string_view text) noexcept {
    return text.empty() ? std::nullopt : std::optional(text);
}
template <class N> std::optional<N> unless_zero(N value) noexcept {
    return value == 0 ? std::nullopt : std::optional(value);
}
inline std::optional<std::int64_t> known(std::int64_t value) noexcept {
    return value < 0 ? std::nullopt : std::optional(value);
}

/** A text that C gives with its length. */
template <class F, class... A> std::string_view sized(F function, A... in) noexcept {
    std::size_t length = 0;
    const char* text = function(in..., &length);
    return {text, length};
}

/** An object of C with one owner. */
template <class C, auto Free> class Owner {
public:
    using c_type = C;
    /** Takes it over: do not free it. */
    explicit Owner(C* object) noexcept : object_(object) {}
    C* get() const noexcept { return object_.get(); }

private:
    std::unique_ptr<C, Freer<Free>> object_;
};

/** An object of C that never changes, with any number of owners. */
template <class C, auto Free> class Share {
public:
    using c_type = C;
    /** Takes it over: do not free it. */
    explicit Share(C* object) : object_(object, Freer<Free>{}) {}
    C* get() const noexcept { return object_.get(); }

protected:
    Share() noexcept = default;

private:
    std::shared_ptr<C> object_;
};

} // namespace detail

/** What went wrong in one call. Copies share it and cannot fail. Texts live as long as any copy. */
class Error : public std::exception, public detail::Share<zoom_s2s_error, zoom_s2s_error_free> {
public:
    /** No error: ErrorStatus::ok, and everything else absent. */
    Error() noexcept = default;
    using Share::Share;

    ErrorStatus status() const noexcept { return ErrorStatus{zoom_s2s_error_status(get())}; }
    /** Everything that a person needs, over several lines: message, hint and tracking ID. */
    const char* what() const noexcept override { return zoom_s2s_error_text(get()); }
    std::string_view text() const noexcept { return what(); }
    std::string_view message() const noexcept { return zoom_s2s_error_message(get()); }
    std::string_view hint() const noexcept { return zoom_s2s_error_hint(get()); }
    std::optional<std::int32_t> http_status() const noexcept { return detail::unless_zero(zoom_s2s_error_http_status(get())); }
    std::optional<std::int64_t> zoom_code() const noexcept { return detail::unless_zero(zoom_s2s_error_zoom_code(get())); }
    std::optional<std::string_view> oauth_error() const noexcept {
        return detail::unless_empty(zoom_s2s_error_oauth_error(get()));
    }
    std::optional<std::chrono::milliseconds> retry_after() const noexcept {
        const std::int64_t wait = zoom_s2s_error_retry_after_ms(get());
        return wait < 0 ? std::nullopt : std::optional(std::chrono::milliseconds(wait));
    }
    bool is_retryable() const noexcept { return zoom_s2s_error_is_retryable(get()) != 0; }
    bool in_doubt() const noexcept { return zoom_s2s_error_in_doubt(get()) != 0; }
    std::optional<std::string_view> tracking_id() const noexcept {
        return detail::unless_empty(zoom_s2s_error_tracking_id(get()));
    }
    /** Separated by blanks; empty if the error is about something else. */
    std::string_view missing_scopes() const noexcept { return zoom_s2s_error_missing_scopes(get()); }
    std::optional<std::string_view> body() const noexcept {
        if (zoom_s2s_error_has_body(get()) == 0) return std::nullopt;
        return detail::sized(zoom_s2s_error_body, get());
    }
};

/** A value, or the error in its place. As with std::optional, * and -> are for where there is a value. */
template <class T = void> class [[nodiscard]] Result {
public:
    Result(T value) : value_(std::move(value)) {}
    Result(Error error) noexcept : error_(std::move(error)) {}
    explicit operator bool() const noexcept { return value_.has_value(); }
    /** With a value: an Error of ErrorStatus::ok. */
    Error error() const noexcept { return error_; }
    T& operator*() & noexcept { return *value_; }
    const T& operator*() const& noexcept { return *value_; }
    T operator*() && { return std::move(*value_); }
    T* operator->() noexcept { return &*value_; }
    const T* operator->() const noexcept { return &*value_; }
#if defined(__cpp_exceptions)
    /** The value out of a Result that goes away; throws the error. */
    T value() && {
        if (!value_) throw error_;
        return std::move(*value_);
    }
#endif

private:
    std::optional<T> value_;
    Error error_;
};

/** Done, or the error. */
template <> class [[nodiscard]] Result<void> {
public:
    Result() noexcept = default;
    Result(Error error) noexcept : error_(std::move(error)) {}
    explicit operator bool() const noexcept { return error_.get() == nullptr; }
    Error error() const noexcept { return error_; }
#if defined(__cpp_exceptions)
    void value() && {
        if (error_.get()) throw error_;
    }
#endif

private:
    Error error_;
};

namespace detail {

template <class F, class... A> Result<> done(F function, A... in) {
    zoom_s2s_error* error = nullptr;
    if (function(in..., &error) != ZOOM_S2S_OK) return Error(error);
    return {};
}

template <class C, class F, class... A> Result<C*> made(F function, A... in) {
    C* object = nullptr;
    zoom_s2s_error* error = nullptr;
    if (function(in..., &object, &error) != ZOOM_S2S_OK) return Error(error);
    return object;
}

template <class T, class F, class... A> Result<T> take(F function, A... in) {
    auto object = made<typename T::c_type>(function, in...);
    if (!object) return object.error();
    return T(*object);
}

/** The same where NULL is an answer. */
template <class T, class F, class... A> Result<std::optional<T>> take_any(F function, A... in) {
    auto object = made<typename T::c_type>(function, in...);
    if (!object) return object.error();
    return *object ? std::optional<T>(T(*object)) : std::optional<T>();
}

template <class F, class... A> Result<std::optional<std::string>> take_text(F function, A... in) {
    auto text = take_any<Owner<zoom_s2s_text, zoom_s2s_text_free>>(function, in...);
    if (!text) return text.error();
    if (!*text) return std::optional<std::string>();
    return std::optional<std::string>(sized(zoom_s2s_text_value, (*text)->get()));
}

/** Settings: a first mistake is kept, for the call that they are given to. */
template <class Self, class C, auto Free> class Settings : public Owner<C, Free> {
public:
    /** The mistake made so far; its status is ErrorStatus::ok if there is none. */
    Error error() const noexcept { return error_; }
    using Owner<C, Free>::Owner;

protected:
    explicit Settings(Result<C*> made) : Owner<C, Free>(made ? *made : nullptr), error_(made.error()) {}
    template <class F, class... A> Self& set(F function, A... in) {
        if (!error_.get()) error_ = done(function, this->get(), in...).error();
        return static_cast<Self&>(*this);
    }

private:
    Error error_;
};

/** What every iterator here has in common. */
template <class Self, class Value> class InputIterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    using pointer = const Value*;
    using reference = const Value&;
    friend bool operator!=(const Self& left, const Self& right) noexcept { return !(left == right); }
    Self operator++(int) {
        Self before = static_cast<const Self&>(*this);
        ++static_cast<Self&>(*this);
        return before;
    }
};

/** Walks over the rows of one page. */
template <class Page, class Row> class RowIterator : public InputIterator<RowIterator<Page, Row>, Row> {
public:
    using pointer = void;
    using reference = Row;
    using InputIterator<RowIterator, Row>::operator++;
    RowIterator(Page page, std::size_t row) : page_(std::move(page)), row_(row) {}
    Row operator*() const { return Row(page_, row_); }
    RowIterator& operator++() noexcept { return ++row_, *this; }
    friend bool operator==(const RowIterator& left, const RowIterator& right) noexcept {
        return left.row_ == right.row_;
    }

private:
    Page page_;
    std::size_t row_;
};

#if defined(__cpp_exceptions)

/** Walks over the pages of a listing, once: goes on where the pager is; throws Error. */
template <class Page, class C, auto Next> class PageIterator : public InputIterator<PageIterator<Page, C, Next>, Page> {
public:
    using InputIterator<PageIterator, Page>::operator++;
    PageIterator() = default;
    explicit PageIterator(C* pager) : pager_(pager) { ++*this; }
    const Page& operator*() const noexcept { return *page_; }
    const Page* operator->() const noexcept { return &*page_; }
    PageIterator& operator++() {
        page_ = take_any<Page>(Next, pager_).value();
        if (!page_) pager_ = nullptr;
        return *this;
    }
    friend bool operator==(const PageIterator& left, const PageIterator& right) noexcept {
        return left.pager_ == right.pager_;
    }

private:
    C* pager_ = nullptr;
    std::optional<Page> page_;
};

/** Walks over the rows of all pages of a listing, once; throws Error. */
template <class Pages, class Row> class ItemIterator : public InputIterator<ItemIterator<Pages, Row>, Row> {
public:
    using InputIterator<ItemIterator, Row>::operator++;
    ItemIterator() = default;
    explicit ItemIterator(Pages pages) : pages_(std::move(pages)) { settle(); }
    const Row& operator*() const noexcept { return *row_; }
    const Row* operator->() const noexcept { return &*row_; }
    ItemIterator& operator++() { ++index_; settle(); return *this; }
    friend bool operator==(const ItemIterator& left, const ItemIterator& right) noexcept {
        return left.pages_ == right.pages_;
    }

private:
    void settle() {
        for (; pages_ != Pages() && index_ >= pages_->count(); index_ = 0) ++pages_;
        row_ = pages_ != Pages() ? std::optional<Row>(Row(*pages_, index_)) : std::nullopt;
    }
    Pages pages_;
    std::size_t index_ = 0;
    std::optional<Row> row_;
};

/** For a loop over pages: refers to its pager, or holds it. */
template <class Pager> struct PagesRange {
    Pager pager;
    auto begin() { return typename std::remove_reference_t<Pager>::Pages(pager.get()); }
    auto end() { return typename std::remove_reference_t<Pager>::Pages(); }
};

#endif

} // namespace detail

/* The library */

inline std::string_view version() noexcept { return zoom_s2s_version(); }
/** Compare with ZOOM_S2S_ABI. */
inline std::int32_t abi() noexcept { return zoom_s2s_abi(); }
inline std::string_view features() noexcept { return zoom_s2s_features(); }
/** Such as "NETWORK", "email", "token_requests"; empty for a number without meaning. */
inline std::string_view name(ErrorStatus status) noexcept { return zoom_s2s_status_name(detail::number(status)); }
inline std::string_view name(Field field) noexcept { return zoom_s2s_user_field_name(detail::number(field)); }
inline std::string_view name(Stat stat) noexcept { return zoom_s2s_stat_name(detail::number(stat)); }
inline std::optional<Field> field(const TextArg& name) noexcept {
    const std::int32_t number = zoom_s2s_user_field_number(name.get());
    return number == 0 ? std::nullopt : std::optional(Field{number});
}
inline FieldKind kind(Field field) noexcept { return FieldKind{zoom_s2s_user_field_kind(detail::number(field))}; }
inline std::string_view entry_key(Field field, std::size_t index) noexcept {
    return zoom_s2s_user_field_entry_key(detail::number(field), index);
}

// A setter, for variables and for temporaries, so that `auto query = UsersQuery().status(…)` works.
#define ZOOM_S2S_SETTER(Self, name, parameters, ...) \
    Self& name parameters & { return set(__VA_ARGS__); } \
    Self name parameters && { return std::move(set(__VA_ARGS__)); }

/** Credentials and settings of clients. Setters may be chained, also on a temporary. */
class Config : public detail::Settings<Config, zoom_s2s_config, zoom_s2s_config_free> {
public:
    using Settings::Settings;
    /** No credentials, and defaults for everything else. */
    Config() : Settings(detail::made<zoom_s2s_config>(zoom_s2s_config_new)) {}
    static Config from_env() { return Config(detail::made<zoom_s2s_config>(zoom_s2s_config_from_env)); }
    static Config jwt_from_env() { return Config(detail::made<zoom_s2s_config>(zoom_s2s_config_jwt_from_env)); }

    ZOOM_S2S_SETTER(Config, cloud, (Cloud cloud), zoom_s2s_config_set_cloud, detail::number(cloud))
    ZOOM_S2S_SETTER(Config, oauth_url, (const TextArg& url), zoom_s2s_config_set_oauth_url, url.get())
    ZOOM_S2S_SETTER(Config, api_url, (const TextArg& url), zoom_s2s_config_set_api_url, url.get())
    ZOOM_S2S_SETTER(Config, regional, (bool regional), zoom_s2s_config_set_regional, regional ? 1 : 0)
    ZOOM_S2S_SETTER(Config, timeout, (std::chrono::milliseconds timeout),
        zoom_s2s_config_set_timeout_ms, timeout.count())
    ZOOM_S2S_SETTER(Config, connect_timeout, (std::chrono::milliseconds timeout),
        zoom_s2s_config_set_connect_timeout_ms, timeout.count())
    ZOOM_S2S_SETTER(Config, ca_file, (const TextArg& path), zoom_s2s_config_set_ca_file, path.get())
    ZOOM_S2S_SETTER(Config, ca_only, (bool ca_only), zoom_s2s_config_set_ca_only, ca_only ? 1 : 0)
    ZOOM_S2S_SETTER(Config, proxy, (const TextArg& url), zoom_s2s_config_set_proxy, url.get())
    ZOOM_S2S_SETTER(Config, no_proxy, (), zoom_s2s_config_set_no_proxy)
    ZOOM_S2S_SETTER(Config, token_store, (const TextArg& url), zoom_s2s_config_set_token_store, url.get())
    ZOOM_S2S_SETTER(Config, body_limit, (std::int64_t bytes), zoom_s2s_config_set_body_limit, bytes)
    ZOOM_S2S_SETTER(Config, user_agent, (const TextArg& name), zoom_s2s_config_set_user_agent, name.get())
    ZOOM_S2S_SETTER(Config, account_id, (const TextArg& value), zoom_s2s_config_set_account_id, value.get())
    ZOOM_S2S_SETTER(Config, client_id, (const TextArg& value), zoom_s2s_config_set_client_id, value.get())
    ZOOM_S2S_SETTER(Config, client_secret, (const TextArg& value), zoom_s2s_config_set_client_secret, value.get())
    ZOOM_S2S_SETTER(Config, account_id_file, (const TextArg& path), zoom_s2s_config_set_account_id_file, path.get())
    ZOOM_S2S_SETTER(Config, client_id_file, (const TextArg& path), zoom_s2s_config_set_client_id_file, path.get())
    ZOOM_S2S_SETTER(Config, client_secret_file, (const TextArg& path),
        zoom_s2s_config_set_client_secret_file, path.get())
    ZOOM_S2S_SETTER(Config, api_key, (const TextArg& value), zoom_s2s_config_set_api_key, value.get())
    ZOOM_S2S_SETTER(Config, api_secret, (const TextArg& value), zoom_s2s_config_set_api_secret, value.get())
    ZOOM_S2S_SETTER(Config, api_key_file, (const TextArg& path), zoom_s2s_config_set_api_key_file, path.get())
    ZOOM_S2S_SETTER(Config, api_secret_file, (const TextArg& path), zoom_s2s_config_set_api_secret_file, path.get())
};

/** Which users to list, and how. */
class UsersQuery : public detail::Settings<UsersQuery, zoom_s2s_users_query, zoom_s2s_users_query_free> {
public:
    using Settings::Settings;
    /** Zoom's default: the active users. */
    UsersQuery() : Settings(detail::made<zoom_s2s_users_query>(zoom_s2s_users_query_new)) {}

    ZOOM_S2S_SETTER(UsersQuery, status, (Status status), zoom_s2s_users_query_set_status, detail::number(status))
    ZOOM_S2S_SETTER(UsersQuery, page_size, (std::int32_t users), zoom_s2s_users_query_set_page_size, users)
    ZOOM_S2S_SETTER(UsersQuery, role_id, (const TextArg& role_id), zoom_s2s_users_query_set_role_id, role_id.get())
    ZOOM_S2S_SETTER(UsersQuery, include_fields, (IncludeFields fields),
        zoom_s2s_users_query_add_include_fields, detail::number(fields))
    ZOOM_S2S_SETTER(UsersQuery, license, (License add_on), zoom_s2s_users_query_set_license, detail::number(add_on))
    ZOOM_S2S_SETTER(UsersQuery, timeout, (std::chrono::milliseconds timeout),
        zoom_s2s_users_query_set_timeout_ms, timeout.count())
    ZOOM_S2S_SETTER(UsersQuery, max_passes, (std::int32_t passes), zoom_s2s_users_query_set_max_passes, passes)
};

/** A request to any endpoint. May be sent any number of times. */
class Request : public detail::Settings<Request, zoom_s2s_request, zoom_s2s_request_free> {
public:
    using Settings::Settings;
    /** Such as Request("GET", "/users/{userId}/meetings"). */
    Request(const TextArg& method, const TextArg& path)
        : Settings(detail::made<zoom_s2s_request>(zoom_s2s_request_new, method.get(), path.get())) {}

    ZOOM_S2S_SETTER(Request, segment, (const TextArg& name, const TextArg& value),
        zoom_s2s_request_set_segment, name.get(), value.get())
    ZOOM_S2S_SETTER(Request, query, (const TextArg& name, const TextArg& value),
        zoom_s2s_request_add_query, name.get(), value.get())
    ZOOM_S2S_SETTER(Request, header, (const TextArg& name, const TextArg& value),
        zoom_s2s_request_add_header, name.get(), value.get())
    ZOOM_S2S_SETTER(Request, body, (std::string_view bytes, const TextArg& content_type),
        zoom_s2s_request_set_body, bytes.data(), bytes.size(), content_type.get())
    ZOOM_S2S_SETTER(Request, timeout, (std::chrono::milliseconds timeout),
        zoom_s2s_request_set_timeout_ms, timeout.count())
};

#undef ZOOM_S2S_SETTER

/** A successful answer. */
class Response : public detail::Owner<zoom_s2s_response, zoom_s2s_response_free> {
public:
    using Owner::Owner;
    int status() const noexcept { return zoom_s2s_response_status(get()); }
    std::string_view body() const noexcept { return detail::sized(zoom_s2s_response_body, get()); }
    /** The first header of this name, in any case of letters. An empty one counts as absent. */
    std::optional<std::string_view> header(const TextArg& name) const noexcept {
        return detail::unless_empty(zoom_s2s_response_header(get(), name.get()));
    }
    std::size_t header_count() const noexcept { return zoom_s2s_response_header_count(get()); }
    std::string_view header_name(std::size_t index) const noexcept {
        return zoom_s2s_response_header_name(get(), index);
    }
    std::string_view header_value(std::size_t index) const noexcept {
        return zoom_s2s_response_header_value(get(), index);
    }
    std::optional<std::string_view> tracking_id() const noexcept {
        return detail::unless_empty(zoom_s2s_response_tracking_id(get()));
    }
};

/** An access token, for programs that make their HTTP requests themselves. Wiped when it goes. */
class Token : public detail::Owner<zoom_s2s_token, zoom_s2s_token_free> {
public:
    using Owner::Owner;
    std::string_view value() const noexcept { return zoom_s2s_token_value(get()); }
    /** "Bearer …". */
    std::string_view bearer() const noexcept { return zoom_s2s_token_bearer(get()); }
    /** "Authorization: Bearer …". All three forms end with a NUL, so that data() is a text for C. */
    std::string_view header() const noexcept { return zoom_s2s_token_header(get()); }
    std::chrono::system_clock::time_point expires_at() const noexcept {
        const std::chrono::milliseconds since_1970(zoom_s2s_token_expires_at_ms(get()));
        using clock = std::chrono::system_clock;
        return clock::time_point(std::chrono::duration_cast<clock::duration>(since_1970));
    }
    std::chrono::milliseconds expires_in() const noexcept {
        return std::chrono::milliseconds(zoom_s2s_token_expires_in_ms(get()));
    }
    /** Separated by blanks. */
    std::string_view scope() const noexcept { return zoom_s2s_token_scope(get()); }
    bool has_scope(const TextArg& scope) const noexcept { return zoom_s2s_token_has_scope(get(), scope.get()) != 0; }
};

class User;

/** A text or number field of all rows of a page at once, as texts. Holds a share of the page. */
class Column;

/** A page of users: for (auto user : page) …, or page[row]. */
class UsersPage : public detail::Share<zoom_s2s_users_page, zoom_s2s_users_page_free> {
public:
    using Share::Share;
    std::size_t count() const noexcept { return zoom_s2s_users_page_count(get()); }
    inline User operator[](std::size_t row) const;
    inline detail::RowIterator<UsersPage, User> begin() const;
    inline detail::RowIterator<UsersPage, User> end() const;
    inline Result<Column> try_column(Field field) const;
#if defined(__cpp_exceptions)
    inline Column column(Field field) const;
#endif
    std::string_view next_page_token() const noexcept { return zoom_s2s_users_page_next_page_token(get()); }
    std::optional<std::int64_t> total_records() const noexcept {
        return detail::known(zoom_s2s_users_page_total_records(get()));
    }
    std::optional<std::int64_t> page_size() const noexcept {
        return detail::known(zoom_s2s_users_page_page_size(get()));
    }
    std::optional<std::int64_t> page_count() const noexcept {
        return detail::known(zoom_s2s_users_page_page_count(get()));
    }
    std::optional<std::int64_t> page_number() const noexcept {
        return detail::known(zoom_s2s_users_page_page_number(get()));
    }
    std::string_view json() const noexcept { return detail::sized(zoom_s2s_users_page_json, get()); }
};

class Column {
public:
    std::size_t count() const noexcept { return page_.count(); }
    std::optional<std::string_view> operator[](std::size_t row) const noexcept {
        if (row >= count() || present_[row] == '0') return std::nullopt;
        return std::string_view(texts_ + offsets_[row], static_cast<std::size_t>(offsets_[row + 1] - offsets_[row] - 1));
    }

private:
    friend class UsersPage;
    explicit Column(UsersPage page) noexcept : page_(std::move(page)) {}
    UsersPage page_;
    const char* texts_ = nullptr;
    const std::int64_t* offsets_ = nullptr;
    const char* present_ = nullptr;
};

/** One user: a row of a page that it holds a share of. */
class User {
public:
    User(UsersPage page, std::size_t row) noexcept : page_(std::move(page)), row_(row) {}
    UsersPage page() const noexcept { return page_; }
    std::size_t row() const noexcept { return row_; }

    /** Absent for pending users. */
    std::optional<std::string_view> id() const noexcept { return text(Field::id); }
    /** Empty only if Zoom sent none. */
    std::string_view email() const noexcept { return text(Field::email).value_or(""); }
    std::optional<std::int64_t> type() const noexcept { return number(Field::type); }
    std::optional<std::string_view> first_name() const noexcept { return text(Field::first_name); }
    std::optional<std::string_view> last_name() const noexcept { return text(Field::last_name); }
    std::optional<std::string_view> display_name() const noexcept { return text(Field::display_name); }
    std::optional<std::string_view> status() const noexcept { return text(Field::status); }

    /** Any field, by the function of its kind. */
    bool has(Field field) const noexcept {
        return zoom_s2s_users_page_has(page_.get(), row_, detail::number(field)) != 0;
    }
    std::optional<std::string_view> text(Field field) const noexcept {
        const auto text = detail::sized(zoom_s2s_users_page_text, page_.get(), row_, detail::number(field));
        if (text.empty() && !(kind(field) == FieldKind::text && has(field))) return std::nullopt;
        return text;
    }
    std::optional<std::int64_t> number(Field field) const noexcept {
        return whole([&](std::int64_t fallback) {
            return zoom_s2s_users_page_number(page_.get(), row_, detail::number(field), fallback);
        });
    }
    /** For lists; key is "" for those whose entries are texts, else one of entry_key(field, …). */
    std::size_t list_count(Field field) const noexcept {
        return zoom_s2s_users_page_list_count(page_.get(), row_, detail::number(field));
    }
    bool list_has(Field field, std::size_t index, const TextArg& key = "") const noexcept {
        return zoom_s2s_users_page_list_has(page_.get(), row_, detail::number(field), index, key.get()) != 0;
    }
    std::optional<std::string_view> list_text(Field field, std::size_t index, const TextArg& key = "") const noexcept {
        if (!list_has(field, index, key)) return std::nullopt;
        return detail::sized(zoom_s2s_users_page_list_text, page_.get(), row_, detail::number(field), index, key.get());
    }
    std::optional<std::int64_t> list_number(Field field, std::size_t index, const TextArg& key = "") const noexcept {
        return whole([&](std::int64_t fallback) {
            return zoom_s2s_users_page_list_number(page_.get(), row_, detail::number(field), index, key.get(), fallback);
        });
    }

    /** The user exactly as received. */
    std::string_view json() const noexcept { return detail::sized(zoom_s2s_users_page_user_json, page_.get(), row_); }
    /** The JSON of any member, also of those without a Field. */
    Result<std::optional<std::string>> try_member_json(const TextArg& name) const {
        return detail::take_text(zoom_s2s_users_page_member_json, page_.get(), row_, name.get());
    }
#if defined(__cpp_exceptions)
    std::optional<std::string> member_json(const TextArg& name) const { return try_member_json(name).value(); }
#endif

private:
    // Only what is absent gives back both fallbacks.
    template <class F> static std::optional<std::int64_t> whole(F read) noexcept {
        const std::int64_t value = read(0);
        return value == 0 && read(1) == 1 ? std::nullopt : std::optional(value);
    }
    UsersPage page_;
    std::size_t row_;
};

inline User UsersPage::operator[](std::size_t row) const { return User(*this, row); }
inline detail::RowIterator<UsersPage, User> UsersPage::begin() const { return {*this, 0}; }
inline detail::RowIterator<UsersPage, User> UsersPage::end() const { return {*this, count()}; }
inline Result<Column> UsersPage::try_column(Field field) const {
    Column column(*this);
    auto read = detail::done(zoom_s2s_users_page_column, get(), detail::number(field), &column.texts_,
                             &column.offsets_, &column.present_);
    if (!read) return read.error();
    return column;
}
#if defined(__cpp_exceptions)
inline Column UsersPage::column(Field field) const { return try_column(field).value(); }
#endif

/**
 * A listing of users: for (const auto& user : pager) …, for (const auto& page : pager.pages()) …, or next()
 * until there is none. All three go on where the listing is. Iterators are good while the pager lives, moved
 * or not.
 */
class UsersPager : public detail::Owner<zoom_s2s_users_pager, zoom_s2s_users_pager_free> {
public:
    using Owner::Owner;
    Result<std::optional<UsersPage>> try_next() {
        return detail::take_any<UsersPage>(zoom_s2s_users_pager_next, get());
    }
#if defined(__cpp_exceptions)
    using Pages = detail::PageIterator<UsersPage, zoom_s2s_users_pager, zoom_s2s_users_pager_next>;
    std::optional<UsersPage> next() { return try_next().value(); }
    using Rows = detail::ItemIterator<Pages, User>;
    Rows begin() { return Rows(Pages(get())); }
    Rows end() { return {}; }
    detail::PagesRange<UsersPager&> pages() & { return {*this}; }
    detail::PagesRange<UsersPager> pages() && { return {std::move(*this)}; }
#endif
    Status status() const noexcept { return Status{zoom_s2s_users_pager_status(get())}; }
    std::optional<std::int64_t> total_records() const noexcept {
        return detail::known(zoom_s2s_users_pager_total_records(get()));
    }
    bool changed() const noexcept { return zoom_s2s_users_pager_changed(get()) != 0; }
    bool checked() const noexcept { return zoom_s2s_users_pager_checked(get()) != 0; }
};

class Entry;

/** A page of entries of any list: for (auto entry : page) …, or page[index]. */
class EntriesPage : public detail::Share<zoom_s2s_entries_page, zoom_s2s_entries_page_free> {
public:
    using Share::Share;
    std::size_t count() const noexcept { return zoom_s2s_entries_page_count(get()); }
    inline Entry operator[](std::size_t index) const;
    inline detail::RowIterator<EntriesPage, Entry> begin() const;
    inline detail::RowIterator<EntriesPage, Entry> end() const;
    std::string_view next_page_token() const noexcept { return zoom_s2s_entries_page_next_page_token(get()); }
    std::optional<std::int64_t> total_records() const noexcept {
        return detail::known(zoom_s2s_entries_page_total_records(get()));
    }
    std::string_view json() const noexcept { return detail::sized(zoom_s2s_entries_page_json, get()); }
};

/** One entry of a page that it holds a share of. */
class Entry {
public:
    Entry(EntriesPage page, std::size_t index) noexcept : page_(std::move(page)), index_(index) {}
    EntriesPage page() const noexcept { return page_; }
    std::size_t index() const noexcept { return index_; }
    std::string_view json() const noexcept {
        return detail::sized(zoom_s2s_entries_page_entry_json, page_.get(), index_);
    }
    Result<std::optional<std::string>> try_member_json(const TextArg& name) const {
        return detail::take_text(zoom_s2s_entries_page_member_json, page_.get(), index_, name.get());
    }
#if defined(__cpp_exceptions)
    std::optional<std::string> member_json(const TextArg& name) const { return try_member_json(name).value(); }
#endif

private:
    EntriesPage page_;
    std::size_t index_;
};

inline Entry EntriesPage::operator[](std::size_t index) const { return Entry(*this, index); }
inline detail::RowIterator<EntriesPage, Entry> EntriesPage::begin() const { return {*this, 0}; }
inline detail::RowIterator<EntriesPage, Entry> EntriesPage::end() const { return {*this, count()}; }

/** Any list, read like a UsersPager. */
class EntriesPager : public detail::Owner<zoom_s2s_entries_pager, zoom_s2s_entries_pager_free> {
public:
    using Owner::Owner;
    Result<> try_max_passes(std::int32_t passes) {
        return detail::done(zoom_s2s_entries_pager_set_max_passes, get(), passes);
    }
    Result<std::optional<EntriesPage>> try_next() {
        return detail::take_any<EntriesPage>(zoom_s2s_entries_pager_next, get());
    }
#if defined(__cpp_exceptions)
    using Pages = detail::PageIterator<EntriesPage, zoom_s2s_entries_pager, zoom_s2s_entries_pager_next>;
    void max_passes(std::int32_t passes) { try_max_passes(passes).value(); }
    std::optional<EntriesPage> next() { return try_next().value(); }
    using Rows = detail::ItemIterator<Pages, Entry>;
    Rows begin() { return Rows(Pages(get())); }
    Rows end() { return {}; }
    detail::PagesRange<EntriesPager&> pages() & { return {*this}; }
    detail::PagesRange<EntriesPager> pages() && { return {std::move(*this)}; }
#endif
    std::optional<std::int64_t> total_records() const noexcept {
        return detail::known(zoom_s2s_entries_pager_total_records(get()));
    }
    bool changed() const noexcept { return zoom_s2s_entries_pager_changed(get()) != 0; }
    bool checked() const noexcept { return zoom_s2s_entries_pager_checked(get()) != 0; }
};

/** A client for one app of one account. Make one, and share it between all threads. */
class Client : public detail::Owner<zoom_s2s_client, zoom_s2s_client_free> {
public:
    using Owner::Owner;
    static Result<Client> try_create(const Config& config) {
        return config.error().get() ? config.error() : detail::take<Client>(zoom_s2s_client_new, config.get());
    }
    static Result<Client> try_from_env() { return detail::take<Client>(zoom_s2s_client_from_env); }
    /** Without a query: Zoom's default, the active users. Nothing is sent yet. */
    Result<UsersPager> try_users() const {
        return detail::take<UsersPager>(zoom_s2s_client_list_users, get(), nullptr);
    }
    Result<UsersPager> try_users(Status status) const { return try_users(UsersQuery().status(status)); }
    Result<UsersPager> try_users(const UsersQuery& query) const {
        if (query.error().get()) return query.error();
        return detail::take<UsersPager>(zoom_s2s_client_list_users, get(), query.get());
    }
    Result<User> try_user(const TextArg& id_or_email) const {
        auto page = detail::take<UsersPage>(zoom_s2s_client_user, get(), id_or_email.get());
        if (!page) return page.error();
        return User(*std::move(page), 0);
    }
    Result<Token> try_token() const { return detail::take<Token>(zoom_s2s_client_token, get()); }
    Result<Token> try_refresh_token() const { return detail::take<Token>(zoom_s2s_client_refresh_token, get()); }
    /** Into your buffer; gives the bytes needed with the NUL, which nullptr and 0 only ask for. */
    Result<std::size_t> try_token_copy(char* buffer, std::size_t size) const {
        std::size_t needed = 0;
        auto copied = detail::done(zoom_s2s_client_token_copy, get(), buffer, size, &needed);
        if (!copied) return copied.error();
        return needed;
    }
    Result<> try_reject_token(const TextArg& value) const {
        return detail::done(zoom_s2s_client_reject_token, get(), value.get());
    }
    Result<> try_revoke_token() const { return detail::done(zoom_s2s_client_revoke_token, get()); }
    Result<Response> try_send(const Request& request) const {
        if (request.error().get()) return request.error();
        return detail::take<Response>(zoom_s2s_client_send, get(), request.get());
    }
    /** key names the array of entries in the answers, such as "meetings". Nothing is sent yet. */
    Result<EntriesPager> try_pages(const Request& request, const TextArg& key) const {
        if (request.error().get()) return request.error();
        return detail::take<EntriesPager>(zoom_s2s_client_pages, get(), request.get(), key.get());
    }
    Result<> try_cancel() const { return detail::done(zoom_s2s_client_cancel, get()); }
    Result<> try_shutdown() const { return detail::done(zoom_s2s_client_shutdown, get()); }
    Result<std::string> try_status_json() const {
        auto text = detail::take_text(zoom_s2s_client_status_json, get());
        if (!text) return text.error();
        return std::move(**text);
    }
    /** -1 for a number without meaning. */
    std::int64_t stat(Stat stat) const noexcept { return zoom_s2s_client_stat(get(), detail::number(stat)); }

#if defined(__cpp_exceptions)
    explicit Client(const Config& config) : Client(try_create(config).value()) {}
    static Client from_env() { return try_from_env().value(); }
    UsersPager users() const { return try_users().value(); }
    UsersPager users(Status status) const { return try_users(status).value(); }
    UsersPager users(const UsersQuery& query) const { return try_users(query).value(); }
    User user(const TextArg& id_or_email) const { return try_user(id_or_email).value(); }
    Token token() const { return try_token().value(); }
    Token refresh_token() const { return try_refresh_token().value(); }
    std::size_t token_copy(char* buffer, std::size_t size) const { return try_token_copy(buffer, size).value(); }
    void reject_token(const TextArg& value) const { try_reject_token(value).value(); }
    void revoke_token() const { try_revoke_token().value(); }
    Response send(const Request& request) const { return try_send(request).value(); }
    EntriesPager pages(const Request& request, const TextArg& key) const { return try_pages(request, key).value(); }
    void cancel() const { try_cancel().value(); }
    void shutdown() const { try_shutdown().value(); }
    std::string status_json() const { return try_status_json().value(); }
#endif
};

} // namespace zoom_s2s

#endif /* ZOOM_S2S_HPP */
