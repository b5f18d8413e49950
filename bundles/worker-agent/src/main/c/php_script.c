/*
 * security.limit_extensions. What the web server names is not what runs: PHP strips from the name what follows an
 * existing file, so that /upload.jpg/x.php runs upload.jpg. The first path PHP resolves in a request is the file it
 * has settled on, so there the suffix is looked at. Refused with EACCES, php-cgi answers 403 "Access denied.", which
 * is php-fpm's answer too.
 */
#include "agent.h"
#include "php.h"
#include "real.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#define TEXT_OF_STRING 24 /* of PHP's strings, see php.c */

typedef void *resolve_path(void *path, size_t length);

static resolve_path *resolve; /* PHP's own, or the opcache's */
static void (*log_message)(const char *message, int severity);
static bool since_8_1;         /* a path is one of PHP's strings; before it came as characters and their number */
static bool expected;          /* the next path is the script's */

static bool may_run(const char *path)
{
    size_t length = strlen(path);
    const char *suffix = agent.config.php_extensions;
    while (*(suffix += strspn(suffix, " \t")) != '\0') {
        size_t suffix_length = strcspn(suffix, " \t");
        if (length > suffix_length && memcmp(path + length - suffix_length, suffix, suffix_length) == 0) {
            return true;
        }
        suffix += suffix_length;
    }
    return false;
}

static void report(const char *path)
{
    char line[PATH_BYTES + 128] = "NOTICE: ";
    char *message = line + strlen(line);
    snprintf(message, PATH_BYTES + 100, "Access to the script '%.*s' has been denied (see security.limit_extensions)",
             PATH_BYTES, path);
    if (log_message != NULL) {
        log_message(message, LOG_NOTICE);
    }
    strcat(line, "\n");
    ssize_t ignored = real()->write(STDERR_FILENO, line, strlen(line));
    (void)ignored;
}

static const char *text_of(const void *path, size_t length)
{
    uint32_t number = (uint32_t)length; /* an int in 7.0 */
    bool characters = !since_8_1 && strnlen(path, (size_t)number + 1) == number;
    return (const char *)path + (characters ? 0 : TEXT_OF_STRING);
}

static void *resolve_allowed(void *path, size_t length)
{
    if (expected && path != NULL) {
        expected = false;
        const char *text = text_of(path, length);
        if (!may_run(text)) {
            report(text);
            errno = EACCES;
            return NULL;
        }
    }
    return resolve(path, length);
}

void php_script_prepare(void)
{
    resolve_path **hook = dlsym(RTLD_DEFAULT, "zend_resolve_path");
    if (agent.config.php_extensions == NULL) {
        return;
    }
    if (hook == NULL || *hook == NULL) {
        static const char warning[] = "WARNING: security.limit_extensions is not enforced: PHP does not export what"
                                      " that needs\n";
        ssize_t ignored = real()->write(STDERR_FILENO, warning, sizeof(warning) - 1);
        (void)ignored;
        return;
    }
    *(void **)&log_message = dlsym(RTLD_DEFAULT, "php_log_err_with_severity");
    since_8_1 = dlsym(RTLD_DEFAULT, "zend_ce_unit_enum") != NULL;
    resolve = *hook;
    *hook = resolve_allowed;
}

void php_script_expected(void)
{
    expected = resolve != NULL;
}
