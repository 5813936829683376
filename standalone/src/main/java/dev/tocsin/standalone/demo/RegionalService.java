package dev.tocsin.standalone.demo;

/// One service as one region reaches it.
interface RegionalService extends AutoCloseable {
    /// Lets it fail, until [#heal].
    void fail() throws Exception;

    void heal() throws Exception;

    @Override
    void close() throws Exception;
}
