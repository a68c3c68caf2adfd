#include "Boundary.hpp"

#include <arrow/api.h>
#include <arrow/c/bridge.h>
#include <arrow/io/file.h>
#include <arrow/util/config.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/metadata.h>
#include <parquet/statistics.h>

#include <memory>
#include <vector>

struct CArrowReader {
    std::string path;
    std::shared_ptr<parquet::FileMetaData> metadata;
    std::shared_ptr<arrow::Schema> schema;
    std::unique_ptr<parquet::arrow::FileReader> reader;
    /// Leaves of each top-level field; a field of a flat schema has one.
    std::vector<std::vector<int>> leaves;
};

struct CArrowBatches {
    /// Its own file reader, because dictionaries and batch size are properties of one.
    std::unique_ptr<parquet::arrow::FileReader> reader;
    std::unique_ptr<arrow::RecordBatchReader> batches;
};

namespace {

using carrow::guarded;

arrow::Result<std::unique_ptr<parquet::arrow::FileReader>> openFile(
    const std::string &path, const parquet::ArrowReaderProperties &properties,
    std::shared_ptr<parquet::FileMetaData> metadata) {
    ARROW_ASSIGN_OR_RAISE(auto file, arrow::io::ReadableFile::Open(path));
    parquet::arrow::FileReaderBuilder builder;
    ARROW_RETURN_NOT_OK(
        builder.Open(file, parquet::default_reader_properties(), std::move(metadata)));
    return builder.memory_pool(arrow::default_memory_pool())->properties(properties)->Build();
}

parquet::ArrowReaderProperties readerProperties() {
    parquet::ArrowReaderProperties properties(false);
    // Pre-buffering holds all chosen row groups of the file at once.
    properties.set_pre_buffer(false);
    return properties;
}

void collectLeaves(const parquet::arrow::SchemaField &field, std::vector<int> &leaves) {
    if (field.column_index >= 0) leaves.push_back(field.column_index);
    for (const auto &child : field.children) collectLeaves(child, leaves);
}

bool isField(const CArrowReader *reader, int32_t field) {
    return field >= 0 && static_cast<size_t>(field) < reader->leaves.size();
}

arrow::Status appendStatistics(
    const parquet::ColumnChunkMetaData &chunk, const std::shared_ptr<arrow::DataType> &type,
    arrow::ArrayBuilder &builder, int64_t &nullCount) {
    nullCount = -1;
    const auto statistics = chunk.is_stats_set() ? chunk.statistics() : nullptr;
    if (statistics == nullptr) return builder.AppendNulls(2);
    if (statistics->HasNullCount()) nullCount = statistics->null_count();
    if (!statistics->HasMinMax()) return builder.AppendNulls(2);
    std::shared_ptr<arrow::Scalar> least, most;
    const auto status = parquet::arrow::StatisticsAsScalars(*statistics, &least, &most);
    // Statistics that Arrow cannot express prune nothing.
    if (!status.ok() || !least->type->Equals(*type) || !most->type->Equals(*type)) {
        return builder.AppendNulls(2);
    }
    ARROW_RETURN_NOT_OK(builder.AppendScalar(*least));
    return builder.AppendScalar(*most);
}

}  // namespace

extern "C" const char *carrow_version(void) { return ARROW_VERSION_STRING; }

extern "C" CArrowCode carrow_reader_open(
    const char *path, CArrowReader **result, CArrowError *error) {
    *result = nullptr;
    return guarded(error, [&]() -> arrow::Status {
        auto opened = std::make_unique<CArrowReader>();
        opened->path = path;
        ARROW_ASSIGN_OR_RAISE(opened->reader, openFile(opened->path, readerProperties(), nullptr));
        opened->metadata = opened->reader->parquet_reader()->metadata();
        ARROW_RETURN_NOT_OK(opened->reader->GetSchema(&opened->schema));
        for (const auto &field : opened->reader->manifest().schema_fields) {
            collectLeaves(field, opened->leaves.emplace_back());
        }
        *result = opened.release();
        return arrow::Status::OK();
    });
}

extern "C" void carrow_reader_close(CArrowReader *reader) { delete reader; }

extern "C" int64_t carrow_reader_row_count(const CArrowReader *reader) {
    return reader->metadata->num_rows();
}

extern "C" int32_t carrow_reader_row_group_count(const CArrowReader *reader) {
    return reader->metadata->num_row_groups();
}

extern "C" int64_t carrow_reader_row_group_rows(const CArrowReader *reader, int32_t group) {
    if (group < 0 || group >= reader->metadata->num_row_groups()) return 0;
    return reader->metadata->RowGroup(group)->num_rows();
}

extern "C" CArrowCode carrow_reader_schema(
    CArrowReader *reader, struct ArrowSchema *schema, CArrowError *error) {
    return guarded(error, [&]() { return arrow::ExportSchema(*reader->schema, schema); });
}

extern "C" bool carrow_reader_has_dictionary(
    const CArrowReader *reader, int32_t field, int64_t byteLimit) {
    if (!isField(reader, field) || reader->leaves[field].size() != 1) return false;
    const int leaf = reader->leaves[field][0];
    bool result = reader->metadata->num_row_groups() > 0;
    const auto code = guarded(nullptr, [&]() -> arrow::Status {
        for (int group = 0; result && group < reader->metadata->num_row_groups(); ++group) {
            const auto chunk = reader->metadata->RowGroup(group)->ColumnChunk(leaf);
            result = chunk->type() == parquet::Type::BYTE_ARRAY && chunk->has_dictionary_page() &&
                chunk->data_page_offset() - chunk->dictionary_page_offset() <= byteLimit &&
                !chunk->encoding_stats().empty();
            for (const auto &stats : chunk->encoding_stats()) {
                const bool isDictionaryPage = stats.page_type == parquet::PageType::DICTIONARY_PAGE;
                const bool isCoded = stats.encoding == parquet::Encoding::RLE_DICTIONARY ||
                    stats.encoding == parquet::Encoding::PLAIN_DICTIONARY;
                if (!isDictionaryPage && !isCoded) result = false;
            }
        }
        return arrow::Status::OK();
    });
    return code == CARROW_OK && result;
}

extern "C" CArrowCode carrow_reader_statistics(
    CArrowReader *reader, int32_t field, struct ArrowSchema *schema, struct ArrowArray *array,
    int64_t *nullCounts, CArrowError *error) {
    return guarded(error, [&]() -> arrow::Status {
        if (!isField(reader, field) || reader->leaves[field].size() != 1) {
            return arrow::Status::UnknownError("no flat column ", field);
        }
        const auto type = reader->schema->field(field)->type();
        ARROW_ASSIGN_OR_RAISE(auto builder, arrow::MakeBuilder(type));
        for (int group = 0; group < reader->metadata->num_row_groups(); ++group) {
            const auto rowGroup = reader->metadata->RowGroup(group);
            const auto chunk = rowGroup->ColumnChunk(reader->leaves[field][0]);
            ARROW_RETURN_NOT_OK(appendStatistics(*chunk, type, *builder, nullCounts[group]));
        }
        ARROW_ASSIGN_OR_RAISE(auto values, builder->Finish());
        return arrow::ExportArray(*values, array, schema);
    });
}

extern "C" CArrowCode carrow_batches_open(
    CArrowReader *reader, const int32_t *groups, int32_t groupCount, const int32_t *fields,
    int32_t fieldCount, const int32_t *dictionaryFields, int32_t dictionaryFieldCount,
    int64_t batchRows, CArrowBatches **result, CArrowError *error) {
    *result = nullptr;
    return guarded(error, [&]() -> arrow::Status {
        auto properties = readerProperties();
        properties.set_batch_size(batchRows);
        for (int32_t index = 0; index < dictionaryFieldCount; ++index) {
            if (!isField(reader, dictionaryFields[index])) {
                return arrow::Status::UnknownError("no column ", dictionaryFields[index]);
            }
            for (const int leaf : reader->leaves[dictionaryFields[index]]) {
                properties.set_read_dictionary(leaf, true);
            }
        }
        std::vector<int> leaves;
        for (int32_t index = 0; index < fieldCount; ++index) {
            if (!isField(reader, fields[index])) {
                return arrow::Status::UnknownError("no column ", fields[index]);
            }
            const auto &own = reader->leaves[fields[index]];
            leaves.insert(leaves.end(), own.begin(), own.end());
        }
        auto opened = std::make_unique<CArrowBatches>();
        ARROW_ASSIGN_OR_RAISE(
            opened->reader, openFile(reader->path, properties, reader->metadata));
        const std::vector<int> wanted(groups, groups + groupCount);
        ARROW_ASSIGN_OR_RAISE(
            opened->batches, opened->reader->GetRecordBatchReader(wanted, leaves));
        *result = opened.release();
        return arrow::Status::OK();
    });
}

extern "C" CArrowCode carrow_batches_next(
    CArrowBatches *batches, struct ArrowSchema *schema, struct ArrowArray *array,
    CArrowError *error) {
    schema->release = nullptr;
    array->release = nullptr;
    return guarded(error, [&]() -> arrow::Status {
        std::shared_ptr<arrow::RecordBatch> batch;
        ARROW_RETURN_NOT_OK(batches->batches->ReadNext(&batch));
        if (batch == nullptr) return arrow::Status::OK();
        // Damaged files may decode to offsets or codes that point outside; nobody behind us checks again.
        ARROW_RETURN_NOT_OK(batch->ValidateFull());
        return arrow::ExportRecordBatch(*batch, array, schema);
    });
}

extern "C" void carrow_batches_close(CArrowBatches *batches) { delete batches; }
