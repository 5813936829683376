package dev.tocsin.standalone;

import dev.tocsin.service.ConfigException;
import dev.tocsin.standalone.bench.BenchCommand;
import dev.tocsin.standalone.command.AdminCommand;
import dev.tocsin.standalone.command.ApplyCommand;
import dev.tocsin.standalone.command.DeliveriesCommand;
import dev.tocsin.standalone.command.Exit;
import dev.tocsin.standalone.command.HandleCommands;
import dev.tocsin.standalone.command.IncidentsCommand;
import dev.tocsin.standalone.command.MaintenanceCommand;
import dev.tocsin.standalone.command.OptionTypes;
import dev.tocsin.standalone.command.ProbeCommand;
import dev.tocsin.standalone.command.RedeliverCommand;
import dev.tocsin.standalone.command.ReplayCommand;
import dev.tocsin.standalone.command.ServiceCommands;
import dev.tocsin.standalone.command.TestFireCommand;
import dev.tocsin.standalone.command.UpCommand;
import dev.tocsin.standalone.command.ValidateCommand;
import dev.tocsin.standalone.command.WhyCommand;
import dev.tocsin.standalone.demo.DemoCommand;
import dev.tocsin.standalone.simulate.SimulateCommand;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The command line. Exit codes: 0 fine, 1 found bad, 2 usage, 3 cannot reach Kafka, 75 gave up (started again it may go on), 78 refuses to go on.
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
            ValidateCommand.class,
            ApplyCommand.class,
            ProbeCommand.class,
            IncidentsCommand.class,
            DeliveriesCommand.class,
            RedeliverCommand.class,
            TestFireCommand.class,
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
    private static final Logger LOG = LoggerFactory.getLogger(Tocsin.class);

    private Tocsin() {}

    public static void main(String[] args) {
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> uncaught(thread.getName(), e));
        try {
            System.exit(run(args));
        } catch (Throwable e) {
            // What listens already would keep the process alive, and half dead.
            e.printStackTrace();
            System.exit(Exit.GAVE_UP);
        }
    }

    /// Why a stream thread ended has been said by then, in a line (StreamThreads); of all others the stack is all that there is.
    private static void uncaught(String thread, Throwable e) {
        if (thread.contains("-StreamThread-")) {
            LOG.debug("ended: {}", thread, e);
        } else {
            LOG.error("ended: {}", thread, e);
        }
    }

    /// Runs a command, and gives its exit code.
    public static int run(String... args) {
        return new CommandLine(new Tocsin())
                .registerConverter(Duration.class, new OptionTypes.Lasting())
                .setParameterExceptionHandler((e, _) -> misused(e))
                .setExecutionExceptionHandler((e, line, _) -> explain(e, line))
                .execute(args);
    }

    /// One line for a word that was typed wrong: the usage, of a screen or more, would hide it.
    private static int misused(ParameterException e) {
        var line = e.getCommandLine();
        var err = line.getErr();
        if (e instanceof UnmatchedArgumentException || line.getSubcommands().isEmpty()) {
            err.println("tocsin: " + e.getMessage());
            var name = line.getCommandSpec().qualifiedName();
            if (!UnmatchedArgumentException.printSuggestions(e, err)) {
                err.println("what it takes: " + name + " --help");
            }
        } else {
            line.usage(err); // no subcommand was given: these are the ones
        }
        return Exit.USAGE;
    }

    private static int explain(Exception e, CommandLine line) {
        var cause = Exit.cause(e);
        line.getErr()
                .println(
                        cause instanceof ConfigException
                                ? cause.getMessage()
                                : "tocsin: " + said(cause));
        if (cause instanceof ConfigException) {
            return Exit.BAD;
        }
        if (cause instanceof RetriableException || cause instanceof KafkaException) {
            return Exit.UNREACHABLE;
        }
        if (cause instanceof RuntimeException) {
            cause.printStackTrace(line.getErr()); // a bug: whoever reports it needs the stack
        }
        return Exit.BAD;
    }

    /// Of files the message is only a name.
    private static String said(Throwable cause) {
        return switch (cause) {
            case NoSuchFileException file -> "no such file: " + file.getFile();
            case FileSystemException file ->
                    file.getClass().getSimpleName() + ": " + file.getMessage();
            default -> String.valueOf(cause.getMessage());
        };
    }
}
