package dev.tocsin.service.streams;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/// All stores of a process share one bound of memory outside the heap: by default each of them, of each partition, may take about 100 MB.
public final class BoundedRocks implements RocksDBConfigSetter {
    private static final long IN_ALL = 32L << 20;
    private static final long WRITE_BUFFERS = 16L << 20;
    private static final long WRITE_BUFFER = 2L << 20;
    private static final Cache CACHE;
    private static final WriteBufferManager BUFFERS;

    static {
        RocksDB.loadLibrary();
        CACHE = new LRUCache(IN_ALL);
        BUFFERS = new WriteBufferManager(WRITE_BUFFERS, CACHE); // counted as part of the cache
    }

    @Override
    public void setConfig(String store, Options options, Map<String, Object> configs) {
        if (!(options.tableFormatConfig() instanceof BlockBasedTableConfig table)) {
            throw new IllegalStateException(store + " is no block-based table");
        }
        table.setBlockCache(CACHE);
        table.setCacheIndexAndFilterBlocks(true);
        options.setTableFormatConfig(table);
        options.setWriteBufferManager(BUFFERS);
        options.setWriteBufferSize(WRITE_BUFFER);
    }

    /// What is shared lives as long as the process.
    @Override
    public void close(String store, Options options) {}
}
