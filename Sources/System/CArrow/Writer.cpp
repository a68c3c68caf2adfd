#include "Boundary.hpp"

#include <arrow/api.h>
#include <arrow/c/bridge.h>
#include <arrow/io/file.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include <limits>
#include <memory>

struct CArrowWriter {
    std::shared_ptr<arrow::Schema> schema;
    std::shared_ptr<arrow::io::FileOutputStream> file;
    std::unique_ptr<parquet::arrow::FileWriter> writer;

    // Without `carrow_writer_finish` there is nothing to complete: the descriptor alone is closed, so that the
    // destructors below do not write a footer that makes half a file look whole.
    bool isFinished = false;
    int64_t finalPosition = 0;
};

namespace {

using carrow::guarded;

parquet::Compression::type codec(CArrowCompression compression) {
    switch (compression) {
        case CARROW_ZSTD: return parquet::Compression::ZSTD;
        case CARROW_SNAPPY: return parquet::Compression::SNAPPY;
        case CARROW_GZIP: return parquet::Compression::GZIP;
        case CARROW_LZ4: return parquet::Compression::LZ4;
        default: return parquet::Compression::UNCOMPRESSED;
    }
}

std::shared_ptr<parquet::WriterProperties> writerProperties(const CArrowWriterOptions &options) {
    parquet::WriterProperties::Builder builder;
    builder.compression(codec(options.compression));
    if (options.level != std::numeric_limits<int32_t>::min()) {
        builder.compression_level(options.level);
    }
    builder.max_row_group_length(options.rowGroupRows);
    for (int32_t index = 0; index < options.plainColumnCount; ++index) {
        builder.disable_dictionary(options.plainColumns[index]);
    }
    return builder.build();
}

}  // namespace

extern "C" CArrowCode carrow_writer_open(
    const char *path, struct ArrowSchema *schema, const CArrowWriterOptions *options,
    CArrowWriter **result, CArrowError *error) {
    *result = nullptr;
    return guarded(error, [&]() -> arrow::Status {
        auto opened = std::make_unique<CArrowWriter>();
        ARROW_ASSIGN_OR_RAISE(opened->schema, arrow::ImportSchema(schema));
        ARROW_ASSIGN_OR_RAISE(opened->file, arrow::io::FileOutputStream::Open(path));
        parquet::ArrowWriterProperties::Builder arrowProperties;
        ARROW_ASSIGN_OR_RAISE(
            opened->writer,
            parquet::arrow::FileWriter::Open(
                *opened->schema, arrow::default_memory_pool(), opened->file,
                writerProperties(*options), arrowProperties.build()));
        if (options->metadataPairCount > 0) {
            auto metadata = std::make_shared<arrow::KeyValueMetadata>();
            for (int32_t index = 0; index < options->metadataPairCount; ++index) {
                metadata->Append(options->metadata[index * 2], options->metadata[index * 2 + 1]);
            }
            ARROW_RETURN_NOT_OK(opened->writer->AddKeyValueMetadata(metadata));
        }
        *result = opened.release();
        return arrow::Status::OK();
    });
}

extern "C" CArrowCode carrow_writer_write(
    CArrowWriter *writer, struct ArrowArray *array, CArrowError *error) {
    return guarded(error, [&]() -> arrow::Status {
        ARROW_ASSIGN_OR_RAISE(auto batch, arrow::ImportRecordBatch(array, writer->schema));
        return writer->writer->WriteRecordBatch(*batch);
    });
}

extern "C" int64_t carrow_writer_position(const CArrowWriter *writer) {
    return writer->isFinished ? writer->finalPosition : writer->file->Tell().ValueOr(0);
}

extern "C" CArrowCode carrow_writer_finish(CArrowWriter *writer, CArrowError *error) {
    writer->isFinished = true;
    return guarded(error, [&]() -> arrow::Status {
        ARROW_RETURN_NOT_OK(writer->writer->Close());
        ARROW_ASSIGN_OR_RAISE(writer->finalPosition, writer->file->Tell());
        return writer->file->Close();
    });
}

extern "C" void carrow_writer_free(CArrowWriter *writer) {
    if (writer == nullptr) return;
    (void)guarded(nullptr, [&]() -> arrow::Status {
        if (!writer->isFinished) return writer->file->Close();
        return arrow::Status::OK();
    });
    (void)guarded(nullptr, [&]() -> arrow::Status {
        writer->writer.reset();
        return arrow::Status::OK();
    });
    delete writer;
}
