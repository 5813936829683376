package dev.tocsin.service.progress;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/// Asks Kafka where partitions end. A consumer that reads committed records alone is told where it may read to, and takes that for the end.
public final class Ends {
    private Ends() {}

    /// @throws ExecutionException when Kafka does not say it of each
    public static Map<TopicPartition, End> of(Admin admin, Collection<TopicPartition> partitions)
            throws ExecutionException, InterruptedException {
        // In this order: what is written in between makes no transaction of it.
        var ends = written(admin, partitions).get();
        var stable = ask(admin, partitions, IsolationLevel.READ_COMMITTED).get();
        var all = new HashMap<TopicPartition, End>();
        ends.forEach((partition, end) ->
                all.put(partition, new End(end, stable.getOrDefault(partition, end))));
        return all;
    }

    /// Up to where they are written, what is in open transactions and behind them included.
    public static KafkaFuture<Map<TopicPartition, Long>> written(
            Admin admin, Collection<TopicPartition> partitions) {
        return ask(admin, partitions, IsolationLevel.READ_UNCOMMITTED);
    }

    private static KafkaFuture<Map<TopicPartition, Long>> ask(
            Admin admin, Collection<TopicPartition> partitions, IsolationLevel level) {
        var asked =
                partitions.stream()
                        .collect(Collectors.toMap(Function.identity(), _ -> OffsetSpec.latest()));
        return admin.listOffsets(asked, new ListOffsetsOptions(level))
                .all()
                .thenApply(answers -> {
                    var found = new HashMap<TopicPartition, Long>();
                    answers.forEach((partition, answer) -> found.put(partition, answer.offset()));
                    return found;
                });
    }
}
