package dev.tocsin.schemas.kept;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartitionInfo;
import org.jspecify.annotations.Nullable;

/// A topic as Kafka describes it.
///
/// @param settings null where they may not be looked at
public record Kept(int partitions, int replicas, @Nullable Map<String, String> settings) {
    /// How it lies on the brokers: with as many replicas as the partition that has the fewest.
    public static Kept of(List<TopicPartitionInfo> partitions) {
        var replicas = partitions.stream().mapToInt(one -> one.replicas().size());
        return new Kept(partitions.size(), replicas.min().orElse(0), null);
    }

    /// Whether one disk or two can take it along, where there are brokers for more.
    public boolean hasFewReplicas(int brokers) {
        return brokers >= Judge.WISE_REPLICAS && replicas < Judge.WISE_REPLICAS;
    }
}
