/* kill and getpid, which plain C does not have. */
#define _POSIX_C_SOURCE 200809L

#include "CFaultyDisk.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

/* A file: SQLite's part, then the file of the standard layer. */
struct faulty_file {
    sqlite3_file base;
    sqlite3_file *real;
};

static sqlite3_vfs layer;
static sqlite3_vfs *standard;
static atomic_long operations;
static atomic_long chosen;
static atomic_int chosen_fault;

static sqlite3_file *real(sqlite3_file *file) { return ((struct faulty_file *)file)->real; }

/* Counts an operation; the fault that hits it, or 0. */
static int strike(void) {
    long number = atomic_fetch_add(&operations, 1) + 1;
    long target = atomic_load(&chosen);
    int fault = atomic_load(&chosen_fault);
    if (target == 0) return 0;
    if (number == target || (fault == FAULTY_DISK_FULL && number > target)) return fault;
    return 0;
}

static int outcome(int fault, int error) {
    if (fault == FAULTY_DISK_KILL || fault == FAULTY_DISK_KILL_TORN) kill(getpid(), SIGKILL);
    return fault == FAULTY_DISK_FULL ? SQLITE_FULL : error;
}

static int file_close(sqlite3_file *file) {
    int code = real(file)->pMethods ? real(file)->pMethods->xClose(real(file)) : SQLITE_OK;
    sqlite3_free(real(file));
    return code;
}
static int file_read(sqlite3_file *file, void *bytes, int size, sqlite3_int64 offset) {
    return real(file)->pMethods->xRead(real(file), bytes, size, offset);
}
static int file_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset) {
    int fault = strike();
    if (fault == FAULTY_DISK_KILL_TORN)
        real(file)->pMethods->xWrite(real(file), bytes, size / 2, offset);
    if (fault) return outcome(fault, SQLITE_IOERR_WRITE);
    return real(file)->pMethods->xWrite(real(file), bytes, size, offset);
}
static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
    int fault = strike();
    if (fault) return outcome(fault, SQLITE_IOERR_TRUNCATE);
    return real(file)->pMethods->xTruncate(real(file), size);
}
static int file_sync(sqlite3_file *file, int flags) {
    int fault = strike();
    if (fault) return outcome(fault, SQLITE_IOERR_FSYNC);
    return real(file)->pMethods->xSync(real(file), flags);
}
static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
    return real(file)->pMethods->xFileSize(real(file), size);
}
static int file_lock(sqlite3_file *file, int lock) {
    return real(file)->pMethods->xLock(real(file), lock);
}
static int file_unlock(sqlite3_file *file, int lock) {
    return real(file)->pMethods->xUnlock(real(file), lock);
}
static int file_check_lock(sqlite3_file *file, int *held) {
    return real(file)->pMethods->xCheckReservedLock(real(file), held);
}
static int file_control(sqlite3_file *file, int operation, void *argument) {
    return real(file)->pMethods->xFileControl(real(file), operation, argument);
}
static int file_sector_size(sqlite3_file *file) {
    return real(file)->pMethods->xSectorSize(real(file));
}
static int file_traits(sqlite3_file *file) {
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
}
static int file_map_shared(sqlite3_file *file, int page, int size, int extend, void volatile **at) {
    return real(file)->pMethods->xShmMap(real(file), page, size, extend, at);
}
static int file_lock_shared(sqlite3_file *file, int offset, int count, int flags) {
    return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}
static void file_barrier(sqlite3_file *file) { real(file)->pMethods->xShmBarrier(real(file)); }
static int file_unmap_shared(sqlite3_file *file, int removes) {
    return real(file)->pMethods->xShmUnmap(real(file), removes);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = file_map_shared,
    .xShmLock = file_lock_shared,
    .xShmBarrier = file_barrier,
    .xShmUnmap = file_unmap_shared,
};

static int layer_open(
    sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *given) {
    struct faulty_file *faulty = (struct faulty_file *)file;
    (void)vfs;
    memset(faulty, 0, sizeof *faulty);
    faulty->real = sqlite3_malloc(standard->szOsFile);
    if (!faulty->real) return SQLITE_NOMEM;
    memset(faulty->real, 0, (size_t)standard->szOsFile);
    int code = standard->xOpen(standard, name, faulty->real, flags, given);
    if (code == SQLITE_OK) {
        faulty->base.pMethods = &methods;
    } else {
        sqlite3_free(faulty->real);
    }
    return code;
}

static int layer_delete(sqlite3_vfs *vfs, const char *name, int syncs) {
    (void)vfs;
    int fault = strike();
    if (fault) return outcome(fault, SQLITE_IOERR_DELETE);
    return standard->xDelete(standard, name, syncs);
}

int faulty_disk_register(void) {
    if (sqlite3_vfs_find("faulty")) return 0;
    standard = sqlite3_vfs_find(0);
    if (!standard) return 1;
    layer = *standard;
    layer.zName = "faulty";
    layer.szOsFile = sizeof(struct faulty_file);
    layer.pNext = 0;
    layer.xOpen = layer_open;
    layer.xDelete = layer_delete;
    return sqlite3_vfs_register(&layer, 0);
}

void faulty_disk_arm(long number, enum faulty_disk_fault fault) {
    atomic_store(&operations, 0);
    atomic_store(&chosen_fault, fault);
    atomic_store(&chosen, number);
}

long faulty_disk_count(void) { return atomic_load(&operations); }
