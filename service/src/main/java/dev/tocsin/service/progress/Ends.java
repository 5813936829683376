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
import org.apache.kafka.common.TopicPartition;

/// Asks Kafka where partitions end. A consumer that reads committed records alone is told where it may read to, and takes that for the end.
public final class Ends {
    private Ends() {}

    /// @throws ExecutionException when Kafka does not say it of each
    public static Map<TopicPartition, End> of(Admin admin, Collection<TopicPartition> partitions)
            throws ExecutionException, InterruptedException {
        // In this order: what is written in between makes no transaction of it.
        var ends = ask(admin, partitions, IsolationLevel.READ_UNCOMMITTED);
        var stable = ask(admin, partitions, IsolationLevel.READ_COMMITTED);
        var all = new HashMap<TopicPartition, End>();
        ends.forEach((partition, end) ->
                all.put(partition, new End(end, stable.getOrDefault(partition, end))));
        return all;
    }

    private static Map<TopicPartition, Long> ask(
            Admin admin, Collection<TopicPartition> partitions, IsolationLevel level)
            throws ExecutionException, InterruptedException {
        var asked =
                partitions.stream()
                        .collect(Collectors.toMap(Function.identity(), _ -> OffsetSpec.latest()));
        var found = new HashMap<TopicPartition, Long>();
        admin.listOffsets(asked, new ListOffsetsOptions(level))
                .all()
                .get()
                .forEach((partition, answer) -> found.put(partition, answer.offset()));
        return found;
    }
}
