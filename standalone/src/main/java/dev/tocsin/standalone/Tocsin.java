package dev.tocsin.standalone;

import dev.tocsin.service.ConfigException;
import dev.tocsin.standalone.bench.BenchCommand;
import dev.tocsin.standalone.demo.DemoCommand;
import dev.tocsin.standalone.simulate.SimulateCommand;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command line. Exit codes: 0 fine, 1 found bad, 2 usage, 3 cannot reach Kafka.
@Command(
        name = "tocsin",
        description = "An event-driven incident pipeline on Kafka.",
        mixinStandardHelpOptions = true,
        version = "tocsin 0.1.0",
        subcommands = {
            DemoCommand.class,
            UpCommand.class,
            ServiceCommands.AgentCommand.class,
            ServiceCommands.StreamsCommand.class,
            ServiceCommands.NotifierCommand.class,
            ServiceCommands.StatusPageCommand.class,
            CheckCommands.Validate.class,
            ApplyCommand.class,
            CheckCommands.ProbeOnce.class,
            IncidentsCommand.class,
            WhyCommand.class,
            ReplayCommand.class,
            HandleCommands.Ack.class,
            HandleCommands.Unack.class,
            HandleCommands.Snooze.class,
            HandleCommands.Close.class,
            HandleCommands.Annotate.class,
            MaintenanceCommand.class,
            AdminCommand.class,
            BenchCommand.class,
            SimulateCommand.class
        })
public final class Tocsin {
    static final int BAD = 1;
    static final int USAGE = 2;
    static final int UNREACHABLE = 3;

    private Tocsin() {}

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /// Runs a command, and gives its exit code.
    public static int run(String... args) {
        return new CommandLine(new Tocsin())
                .setExecutionExceptionHandler((e, line, _) -> explain(e, line))
                .execute(args);
    }

    /// What a future failed of.
    static Throwable cause(Exception e) {
        return e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
    }

    private static int explain(Exception e, CommandLine line) {
        var cause = cause(e);
        line.getErr()
                .println(
                        cause instanceof ConfigException
                                ? cause.getMessage()
                                : "tocsin: " + cause.getMessage());
        if (cause instanceof ConfigException) {
            return BAD;
        }
        if (cause instanceof RetriableException || cause instanceof KafkaException) {
            return UNREACHABLE;
        }
        if (cause instanceof RuntimeException) {
            cause.printStackTrace(line.getErr()); // a bug: whoever reports it needs the stack
        }
        return BAD;
    }
}
