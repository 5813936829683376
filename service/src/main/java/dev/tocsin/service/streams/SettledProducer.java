package dev.tocsin.service.streams;

import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A producer for Streams that ends a transaction for sure: a commit or an abort that timed out is asked for again until Kafka says what became of it.
///
/// Kafka's producer does nothing else before ("must be retried"). Streams 4.3.1 takes the commit for undone and goes on: its next record fails with an
/// [IllegalStateException], is left in a batch that nothing sends, and each task of the thread waits for that when it is closed, for two minutes. Its consumer
/// is then still in the group, which can agree on nothing for five: seen when all brokers were away for two minutes.
public final class SettledProducer extends KafkaProducer<byte[], byte[]> {
    private static final Logger LOG = LoggerFactory.getLogger(SettledProducer.class);

    public SettledProducer(Map<String, Object> config) {
        super(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /// Returns when Kafka is back, or throws what it says then; an interrupt ends it.
    @Override
    public void commitTransaction() {
        settle(super::commitTransaction);
    }

    /// As [#commitTransaction].
    @Override
    public void abortTransaction() {
        settle(super::abortTransaction);
    }

    static void settle(Runnable end) {
        boolean open = true;
        boolean said = false;
        while (open) {
            try {
                end.run();
                open = false;
            } catch (TimeoutException e) { // after max.block.ms
                if (!said) {
                    said = true;
                    LOG.atWarn()
                            .addKeyValue("why", e.getMessage())
                            .log(
                                    "a transaction cannot be ended: it is asked for until Kafka answers");
                }
            }
        }
    }
}
