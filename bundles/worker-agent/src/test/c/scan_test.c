/* The scanners, under the sanitizers: every split point, every truncation, and noise. */
#include "../../main/c/answer.h"
#include "../../main/c/params.h"
#include "../../main/c/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPECT(condition, ...)                                                                                         \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: expected %s: ", __FILE__, __LINE__, #condition);                                   \
            fprintf(stderr, __VA_ARGS__);                                                                              \
            fprintf(stderr, "\n");                                                                                     \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

struct stream {
    uint8_t bytes[200000];
    size_t length;
    size_t params_end;
};

static void put_record(struct stream *s, int type, int id, const void *content, size_t length, uint8_t padding)
{
    const uint8_t head[8] = {1,           (uint8_t)type,           (uint8_t)(id >> 8), (uint8_t)id,
                             (uint8_t)(length >> 8), (uint8_t)length, padding};
    memcpy(s->bytes + s->length, head, sizeof(head));
    if (length > 0) {
        memcpy(s->bytes + s->length + 8, content, length);
    }
    memset(s->bytes + s->length + 8 + length, 0xee, padding);
    s->length += 8 + length + padding;
}

static void put_begin(struct stream *s, int role, bool keep)
{
    const uint8_t body[8] = {0, (uint8_t)role, keep};
    put_record(s, 1, 1, body, sizeof(body), 0);
}

static size_t put_pair(uint8_t *into, const char *name, const char *value)
{
    size_t at = 0, lengths[2] = {strlen(name), strlen(value)};
    for (int i = 0; i < 2; i++) {
        if (lengths[i] < 128 && lengths[i] % 2 == 0) {
            into[at++] = (uint8_t)lengths[i];
        } else { /* the long form is allowed for short lengths too */
            into[at++] = (uint8_t)(lengths[i] >> 24 | 0x80);
            into[at++] = (uint8_t)(lengths[i] >> 16);
            into[at++] = (uint8_t)(lengths[i] >> 8);
            into[at++] = (uint8_t)lengths[i];
        }
    }
    memcpy(into + at, name, lengths[0]);
    memcpy(into + at + lengths[0], value, lengths[1]);
    return at + lengths[0] + lengths[1];
}

static char long_query[700];

static size_t put_all_params(uint8_t *into)
{
    size_t at = 0;
    memset(long_query, 'q', sizeof(long_query) - 1);
    at += put_pair(into + at, "REQUEST_METHOD", "GET");
    at += put_pair(into + at, "", "");
    at += put_pair(into + at, "A", "");
    at += put_pair(into + at, "SCRIPT_NAME", "/index.php");
    at += put_pair(into + at, "REQUEST_URI", "/other?x=1");
    at += put_pair(into + at, "QUERY_STRING", long_query);
    at += put_pair(into + at, "SCRIPT_FILENAME", "/srv/app/index.php");
    at += put_pair(into + at, "HTTP_AUTHORIZATION", "Basic YWxpY2U6c2VjcmV0");
    at += put_pair(into + at, "A_VERY_LONG_NAME_THAT_NOBODY_WANTS_TO_SEE", "value");
    at += put_pair(into + at, "CONTENT_LENGTH", "5");
    return at;
}

static void make_request(struct stream *s, bool keep)
{
    static uint8_t params[4096];
    size_t length = put_all_params(params);
    put_begin(s, 1, keep);
    put_record(s, 9, 0, params, 10, 2); /* GET_VALUES: a management record in between */
    put_record(s, 4, 1, params, 100, 3);
    put_record(s, 4, 1, params + 100, length - 100, 0);
    put_record(s, 4, 1, NULL, 0, 5);
    s->params_end = s->length;
    put_record(s, 5, 1, "hello", 5, 3);
    put_record(s, 5, 1, NULL, 0, 0);
}

static void expect_request(struct scan *scan, const struct stream *s)
{
    const struct request_text *text = scan_text(scan);
    EXPECT(!scan->broken && scan->params_end == s->params_end, "params end %lu", scan->params_end);
    EXPECT(scan->input_end == s->length && scan->offset == s->length, "input end %lu", scan->input_end);
    EXPECT(strcmp(text->method, "GET") == 0 && strcmp(text->uri, "/index.php") == 0, "%s %s", text->method, text->uri);
    EXPECT(strcmp(text->script, "/srv/app/index.php") == 0 && strcmp(text->user, "alice") == 0, "%s", text->user);
    EXPECT(strlen(text->query) == QUERY_BYTES - 1 && text->content_length == 5, "%zu", strlen(text->query));
    EXPECT(scan->params.authorization[0] == '\0', "no password is kept");
}

static struct stream stream;
static struct scan scan;

static void feed(const uint8_t *bytes, size_t length)
{
    uint8_t *copy = malloc(length > 0 ? length : 1); /* of the exact size, so the sanitizer sees a step too far */
    memcpy(copy, bytes, length);
    size_t taken = scan_feed(&scan, copy, length);
    EXPECT(taken <= length, "taken %zu of %zu", taken, length);
    free(copy);
}

static void understands_a_request_split_anywhere(void)
{
    stream.length = 0;
    make_request(&stream, true);
    for (size_t split = 0; split <= stream.length; split++) {
        scan_reset(&scan);
        feed(stream.bytes, split);
        EXPECT((scan.params_end != 0) == (split >= stream.params_end), "params end at split %zu", split);
        feed(stream.bytes + split, stream.length - split);
        expect_request(&scan, &stream);
        EXPECT(scan.keep_conn, "keep-conn");
    }
}

static void understands_a_request_in_pieces_of_any_size(void)
{
    stream.length = 0;
    make_request(&stream, false);
    for (size_t piece = 1; piece < 40; piece++) {
        scan_reset(&scan);
        for (size_t at = 0; at < stream.length; at += piece) {
            feed(stream.bytes + at, stream.length - at < piece ? stream.length - at : piece);
        }
        expect_request(&scan, &stream);
        EXPECT(!scan.keep_conn, "no keep-conn");
    }
}

static void says_nothing_final_about_a_truncated_request(void)
{
    stream.length = 0;
    make_request(&stream, false);
    for (size_t length = 0; length < stream.length; length++) {
        scan_reset(&scan);
        feed(stream.bytes, length);
        EXPECT(scan.input_end == 0 && !scan.broken && scan.offset == length, "at %zu", length);
    }
}

static void stops_at_the_end_of_each_request(void)
{
    stream.length = 0;
    make_request(&stream, true);
    size_t one = stream.length;
    memcpy(stream.bytes + one, stream.bytes, one);
    scan_reset(&scan);
    EXPECT(scan_feed(&scan, stream.bytes, one * 2) == one, "one request at a time");
    EXPECT(scan_feed(&scan, stream.bytes + one, one) == 0, "nothing before the next one is asked for");
    scan_next_request(&scan);
    EXPECT(scan_feed(&scan, stream.bytes + one, one) == one && scan.input_end == 2 * one, "the second one");
}

static void knows_where_the_other_roles_end(void)
{
    stream.length = 0;
    put_begin(&stream, 2, false); /* authorizer: no input but the parameters */
    put_record(&stream, 4, 1, NULL, 0, 0);
    scan_reset(&scan);
    feed(stream.bytes, stream.length);
    EXPECT(scan.input_end == stream.length, "authorizer");
    stream.length = 0;
    put_begin(&stream, 3, false); /* filter: STDIN, then DATA */
    put_record(&stream, 4, 1, NULL, 0, 0);
    put_record(&stream, 5, 1, NULL, 0, 0);
    scan_reset(&scan);
    feed(stream.bytes, stream.length);
    EXPECT(scan.input_end == 0, "filter before its data");
    size_t before = stream.length;
    put_record(&stream, 8, 1, NULL, 0, 7);
    feed(stream.bytes + before, stream.length - before);
    EXPECT(scan.input_end == stream.length, "filter");
}

static void takes_the_path_of_the_uri_without_a_script_name(void)
{
    uint8_t params[256];
    size_t length = put_pair(params, "REQUEST_URI", "/path/x?y=z");
    length += put_pair(params + length, "HTTP_AUTHORIZATION", "basic Ym9i"); /* no colon */
    stream.length = 0;
    put_begin(&stream, 1, false);
    put_record(&stream, 4, 1, params, length, 0);
    put_record(&stream, 4, 1, NULL, 0, 0);
    scan_reset(&scan);
    feed(stream.bytes, stream.length);
    EXPECT(strcmp(scan_text(&scan)->uri, "/path/x") == 0, "%s", scan_text(&scan)->uri);
    EXPECT(scan_text(&scan)->user[0] == '\0', "%s", scan_text(&scan)->user);
}

static void keeps_the_ini_texts_of_one_request(void)
{
    static uint8_t params[INI_BYTES + 4096];
    static char text[INI_BYTES + 100];
    static const size_t lengths[] = {0, 1, 127, 128, INI_BYTES - 1, INI_BYTES, INI_BYTES + 50};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        memset(text, 'v', sizeof(text));
        text[lengths[i]] = '\0';
        size_t length = put_pair(params, "PHP_ADMIN_VALUE", "a = 1");
        length += put_pair(params + length, "PHP_VALUE", text);
        stream.length = 0;
        put_begin(&stream, 1, true);
        for (size_t at = 0; at < length; at += 1000) {
            put_record(&stream, 4, 1, params + at, length - at < 1000 ? length - at : 1000, 0);
        }
        put_record(&stream, 4, 1, NULL, 0, 0);
        put_record(&stream, 5, 1, NULL, 0, 0);
        scan_reset(&scan);
        feed(stream.bytes, stream.length);
        const struct ini_text *value = params_php_value(&scan.params);
        EXPECT(value->length == lengths[i], "%u of %zu", value->length, lengths[i]);
        EXPECT(strlen(value->bytes) == (lengths[i] < INI_BYTES ? lengths[i] : INI_BYTES - 1), "%zu", lengths[i]);
        EXPECT(strcmp(params_php_admin_value(&scan.params)->bytes, "a = 1") == 0, "the other one");
        scan_next_request(&scan);
        EXPECT(params_php_value(&scan.params)->length == 0, "nothing is left for the next request");
        EXPECT(params_php_admin_value(&scan.params)->length == 0, "nothing is left for the next request");
    }
}

static void gives_up_on_what_is_not_a_request(void)
{
    const struct {
        const char *why;
        uint8_t bytes[24];
    } bad[] = {{"version", {2, 1, 0, 1, 0, 8, 0, 0}},
               {"begin without id", {1, 1, 0, 0, 0, 8, 0, 0}},
               {"begin of wrong length", {1, 1, 0, 1, 0, 7, 0, 0}},
               {"role", {1, 1, 0, 1, 0, 8, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0}},
               {"params before begin", {1, 4, 0, 1, 0, 8, 0, 0}},
               {"two requests at once", {1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 2, 0, 8, 0, 0}}};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        scan_reset(&scan);
        feed(bad[i].bytes, sizeof(bad[i].bytes));
        EXPECT(scan.broken && scan.offset == sizeof(bad[i].bytes), "%s", bad[i].why);
    }
}

static void survives_noise(void)
{
    srand(4711);
    for (int round = 0; round < 20000; round++) {
        stream.length = 0;
        make_request(&stream, true);
        for (int flips = rand() % 8; flips >= 0; flips--) {
            stream.bytes[(size_t)rand() % stream.length] = (uint8_t)rand();
        }
        scan_reset(&scan);
        for (size_t at = 0; at < stream.length;) {
            size_t piece = 1 + (size_t)rand() % 300;
            piece = piece < stream.length - at ? piece : stream.length - at;
            feed(stream.bytes + at, piece);
            at += piece;
            if (scan.input_end != 0 && rand() % 2 == 0) {
                scan_next_request(&scan);
            }
        }
        const struct request_text *text = scan_text(&scan);
        EXPECT(memchr(text->uri, 0, URI_BYTES) != NULL, "a terminated URI");
        EXPECT(memchr(text->user, 0, USER_BYTES) != NULL, "a terminated user");
    }
}

static struct wishes wishes;

static void wish(const char *name)
{
    wishes.wish[wishes.count++] = (struct wish){.name = name, .name_length = (uint8_t)strlen(name)};
}

static void expect_value(const char *name, const char *value)
{
    const struct wish *found = wishes_find(&wishes, name, strlen(name));
    EXPECT(found != NULL && found->found && found->length == strlen(value)
               && memcmp(wishes.values + found->at, value, found->length) == 0,
           "%s=%s", name, value);
}

static void keeps_the_parameters_that_are_wished_for(void)
{
    stream.length = 0;
    make_request(&stream, false);
    wishes.count = 0;
    wish("REQUEST_METHOD");
    wish("QUERY_STRING");
    wish("NOT_SENT");
    for (size_t piece = 1; piece < 700; piece += 13) {
        wishes_reset(&wishes);
        scan_reset(&scan);
        scan.params.wishes = &wishes;
        for (size_t at = 0; at < stream.length; at += piece) {
            feed(stream.bytes + at, piece < stream.length - at ? piece : stream.length - at);
        }
        expect_value("REQUEST_METHOD", scan_text(&scan)->method);
        const struct wish *query = wishes_find(&wishes, "QUERY_STRING", 12);
        EXPECT(query->length >= strlen(scan_text(&scan)->query), "the whole query, %d", query->length);
        EXPECT(!wishes_find(&wishes, "NOT_SENT", 8)->found, "what was not sent");
    }
}

static struct answer answer;

static void finds_status_and_headers_in_an_answer_split_anywhere(void)
{
    static const char headers[] = "X-First: one\r\nx-second: no\r\nSTATUS: 503 Busy\r\nX-Second: two: 2\r\n"
                                  "X-First: again\r\nX-Bare:none\r\n\r\nStatus: 200 body\r\n";
    static char body[70000];
    stream.length = 0;
    put_record(&stream, 7, 1, "PHP message: Status: 1\n", 23, 1);
    put_record(&stream, 6, 1, headers, 40, 0);
    put_record(&stream, 6, 1, headers + 40, sizeof(headers) - 41, 7);
    put_record(&stream, 6, 1, body, 60000, 0);
    wishes.count = 0;
    wish("X-First");
    wish("X-Second");
    wish("X-Bare");
    for (size_t piece = 1; piece < 300; piece++) {
        answer_reset(&answer, &wishes);
        for (size_t at = 0; at < stream.length; at += piece) {
            answer_feed(&answer, stream.bytes + at, piece < stream.length - at ? piece : stream.length - at);
        }
        EXPECT(answer.complete && answer.status == 503, "status %u", answer.status);
        expect_value("X-First", "one");
        expect_value("X-Second", "two: 2");
        EXPECT(!wishes_find(&wishes, "X-Bare", 6)->found, "no blank behind the colon");
    }
}

static void gives_up_on_an_answer_without_an_end_of_headers(void)
{
    static char line[60000];
    memset(line, 'a', sizeof(line));
    answer_reset(&answer, &wishes);
    for (int i = 0; i < 2; i++) {
        stream.length = 0;
        put_record(&stream, 6, 1, line, sizeof(line), 0);
        answer_feed(&answer, stream.bytes, stream.length);
    }
    EXPECT(answer.complete && answer.status == 200, "status %u", answer.status);
    srand(4712);
    for (int round = 0; round < 20000; round++) {
        uint8_t noise[2000];
        size_t length = (size_t)rand() % sizeof(noise);
        for (size_t i = 0; i < length; i++) {
            noise[i] = (uint8_t)("\n\r:aX- \0\1\6"[rand() % 11]);
        }
        answer_reset(&answer, &wishes);
        answer_feed(&answer, noise, length);
    }
}

int main(void)
{
    understands_a_request_split_anywhere();
    understands_a_request_in_pieces_of_any_size();
    says_nothing_final_about_a_truncated_request();
    stops_at_the_end_of_each_request();
    knows_where_the_other_roles_end();
    takes_the_path_of_the_uri_without_a_script_name();
    keeps_the_ini_texts_of_one_request();
    gives_up_on_what_is_not_a_request();
    survives_noise();
    keeps_the_parameters_that_are_wished_for();
    finds_status_and_headers_in_an_answer_split_anywhere();
    gives_up_on_an_answer_without_an_end_of_headers();
    return 0;
}
