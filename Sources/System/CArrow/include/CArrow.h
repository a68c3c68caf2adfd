// Parquet files through Arrow C++, as plain C: columns cross by the Arrow C Data Interface, everything
// else by numbers and texts. No C++ type and no exception crosses.
//
// Functions return a CArrowCode; anything but CARROW_OK fills `error`, which may be NULL. A handle is used
// by one thread at a time; different handles are independent, also over the same file.
#ifndef CARROW_H
#define CARROW_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The Arrow C Data Interface, as its specification defines it.
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};
#endif

typedef enum CArrowCode {
    CARROW_OK = 0,
    /// The file system refused; `systemError` is its errno, or 0.
    CARROW_IO = 1,
    /// The bytes are no Parquet, cut short, or damaged.
    CARROW_DAMAGED = 2,
    /// Valid, but not something that Arrow reads or writes.
    CARROW_UNSUPPORTED = 3,
    CARROW_MEMORY = 4,
    /// A wrong argument, or a fault in this shim.
    CARROW_BUG = 5,
} CArrowCode;

typedef struct CArrowError {
    CArrowCode code;
    int32_t systemError;
    /// Ends with a 0; cut where it is longer.
    char message[1000];
} CArrowError;

/// Arrow's version, for example `26.0.1`; constant.
const char *carrow_version(void);

typedef struct CArrowReader CArrowReader;
typedef struct CArrowBatches CArrowBatches;
typedef struct CArrowWriter CArrowWriter;

/// Opens a file and reads its footer.
CArrowCode carrow_reader_open(const char *path, CArrowReader **reader, CArrowError *error);

/// Frees a reader; its batches must be closed before. NULL is allowed.
void carrow_reader_close(CArrowReader *reader);

int64_t carrow_reader_row_count(const CArrowReader *reader);
int32_t carrow_reader_row_group_count(const CArrowReader *reader);
int64_t carrow_reader_row_group_rows(const CArrowReader *reader, int32_t group);

/// The top-level fields without dictionaries; the caller releases `schema`.
CArrowCode carrow_reader_schema(CArrowReader *reader, struct ArrowSchema *schema, CArrowError *error);

/// Whether every chunk of a top-level text column is dictionary-coded throughout, with dictionaries of at most
/// `byteLimit` compressed bytes.
bool carrow_reader_has_dictionary(const CArrowReader *reader, int32_t field, int64_t byteLimit);

/// The smallest and the largest value of a top-level column in each row group, as an array of 2 × row groups
/// values of the column's type: minimum, maximum, minimum, …; NULL where unknown. `nullCounts` has room for
/// a number for each row group, -1 where unknown. The caller releases both structures.
CArrowCode carrow_reader_statistics(
    CArrowReader *reader, int32_t field, struct ArrowSchema *schema, struct ArrowArray *array,
    int64_t *nullCounts, CArrowError *error);

/// Begins to read top-level columns of row groups, in the given orders, in batches of at most `batchRows` rows.
/// Fields in `dictionaryFields` come as dictionaries. The reader must outlive the batches, and has at most one
/// `CArrowBatches` at a time.
CArrowCode carrow_batches_open(
    CArrowReader *reader, const int32_t *groups, int32_t groupCount, const int32_t *fields,
    int32_t fieldCount, const int32_t *dictionaryFields, int32_t dictionaryFieldCount,
    int64_t batchRows, CArrowBatches **batches, CArrowError *error);

/// The next batch as a struct array with its schema, or an array whose `release` is NULL at the end.
CArrowCode carrow_batches_next(
    CArrowBatches *batches, struct ArrowSchema *schema, struct ArrowArray *array, CArrowError *error);

/// NULL is allowed.
void carrow_batches_close(CArrowBatches *batches);

typedef enum CArrowCompression {
    CARROW_UNCOMPRESSED = 0,
    CARROW_ZSTD = 1,
    CARROW_SNAPPY = 2,
    CARROW_GZIP = 3,
    CARROW_LZ4 = 4,
} CArrowCompression;

typedef struct CArrowWriterOptions {
    CArrowCompression compression;
    /// The codec's level; INT32_MIN asks for the codec's own default.
    int32_t level;
    int64_t rowGroupRows;
    /// Names of columns that are written without a dictionary.
    const char *const *plainColumns;
    int32_t plainColumnCount;
    /// Pairs of key and value for the footer.
    const char *const *metadata;
    int32_t metadataPairCount;
} CArrowWriterOptions;

/// Creates or empties a file. Takes over `schema`, also when it fails.
CArrowCode carrow_writer_open(
    const char *path, struct ArrowSchema *schema, const CArrowWriterOptions *options,
    CArrowWriter **writer, CArrowError *error);

/// Appends a struct array of the writer's schema. Takes over `array`, also when it fails.
CArrowCode carrow_writer_write(CArrowWriter *writer, struct ArrowArray *array, CArrowError *error);

/// Bytes written to the file so far; rows of the open row group are not among them.
int64_t carrow_writer_position(const CArrowWriter *writer);

/// Writes the footer and closes the file; only `carrow_writer_free` may follow.
CArrowCode carrow_writer_finish(CArrowWriter *writer, CArrowError *error);

/// Frees a writer; without `carrow_writer_finish` the file stays incomplete. NULL is allowed.
void carrow_writer_free(CArrowWriter *writer);

#ifdef __cplusplus
}
#endif

#endif
