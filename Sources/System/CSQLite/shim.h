#include <sqlite3.h>
#include <stdint.h>
#include <sys/vfs.h>

/* SQLITE_TRANSIENT is a cast, and sqlite3_db_config is variadic: Swift can use neither. */
static inline int cutover_sqlite_bind_text(
    sqlite3_stmt *statement, int index, const char *text, int size) {
    return sqlite3_bind_text(statement, index, text, size, SQLITE_TRANSIENT);
}

static inline int cutover_sqlite_bind_blob(
    sqlite3_stmt *statement, int index, const void *bytes, int size) {
    return size == 0 ? sqlite3_bind_zeroblob(statement, index, 0)
                     : sqlite3_bind_blob(statement, index, bytes, size, SQLITE_TRANSIENT);
}

static inline int cutover_sqlite_configure(sqlite3 *database, int option, int value) {
    return sqlite3_db_config(database, option, value, (int *)0);
}

/* The number of the kind of file system that holds a path, as statfs(2) lists them; 0 where it does not tell. */
static inline uint32_t cutover_sqlite_file_system(const char *path) {
    struct statfs status;
    return statfs(path, &status) == 0 ? (uint32_t)status.f_type : 0;
}
