// How C++ failures become codes: every entry point runs inside `guarded`.
#pragma once

#include "CArrow.h"

#include <arrow/status.h>
#include <arrow/util/io_util.h>
#include <parquet/exception.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <new>
#include <string>

namespace carrow {

inline CArrowCode fail(CArrowError *error, CArrowCode code, int systemError, const std::string &text) {
    if (error != nullptr) {
        error->code = code;
        error->systemError = systemError;
        const size_t length = std::min(text.size(), sizeof(error->message) - 1);
        std::memcpy(error->message, text.data(), length);
        error->message[length] = '\0';
    }
    return code;
}

inline CArrowCode codeOf(const arrow::Status &status) {
    // Arrow reports Parquet's own exceptions as I/O errors; only one with an errno is the file system's.
    if (status.IsOutOfMemory()) return CARROW_MEMORY;
    if (status.IsNotImplemented()) return CARROW_UNSUPPORTED;
    if (arrow::internal::ErrnoFromStatus(status) != 0) return CARROW_IO;
    if (status.IsIOError() || status.IsInvalid() || status.IsSerializationError()) return CARROW_DAMAGED;
    return CARROW_BUG;
}

inline CArrowCode fail(CArrowError *error, const arrow::Status &status) {
    const int systemError = arrow::internal::ErrnoFromStatus(status);
    return fail(error, codeOf(status), systemError, status.message());
}

/// Runs `body`, which returns an arrow::Status, and catches whatever is thrown below.
template <typename Body>
CArrowCode guarded(CArrowError *error, Body body) noexcept {
    try {
        const arrow::Status status = body();
        return status.ok() ? CARROW_OK : fail(error, status);
    } catch (const parquet::ParquetStatusException &thrown) {
        return fail(error, thrown.status());
    } catch (const parquet::ParquetException &thrown) {
        return fail(error, CARROW_DAMAGED, 0, thrown.what());
    } catch (const std::bad_alloc &) {
        return fail(error, CARROW_MEMORY, 0, "not enough memory");
    } catch (const std::exception &thrown) {
        return fail(error, CARROW_BUG, 0, thrown.what());
    } catch (...) {
        return fail(error, CARROW_BUG, 0, "an unknown exception");
    }
}

}  // namespace carrow
