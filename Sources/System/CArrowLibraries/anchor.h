// Nothing to declare: this module only carries pkg-config's flags for Arrow and Parquet to CArrow, because
// only a system library target can ask pkg-config.
