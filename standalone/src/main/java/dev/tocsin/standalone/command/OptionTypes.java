package dev.tocsin.standalone.command;

import dev.tocsin.schemas.PlainText;
import dev.tocsin.service.Durations;
import dev.tocsin.standalone.embedded.Ports;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// What the values of options may be. What is typed wrong is refused while the command line is read: in one line, with exit code 2, and before anything
/// is started.
public final class OptionTypes {
    /// Longer than anybody means; what is far longer cannot be told as a time.
    private static final Duration MOST = Duration.ofDays(3660);

    private OptionTypes() {}

    /// A time that is longer than nothing, as the configuration writes it.
    public static final class Lasting implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            Duration duration;
            try {
                duration = Durations.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
            if (!duration.isPositive()) {
                throw new TypeConversionException("must be longer than nothing");
            }
            if (duration.compareTo(MOST) > 0) {
                throw new TypeConversionException("must be 3660d at most");
            }
            return duration;
        }
    }

    /// How many: at least one.
    public static final class Count implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return within(text, 1, Integer.MAX_VALUE, "must be a number, 1 or more");
        }
    }

    /// How many, or none.
    public static final class CountOrNone implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return within(text, 0, Integer.MAX_VALUE, "must be a number, 0 or more");
        }
    }

    /// How many of a hundred.
    public static final class Percent implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return within(text, 0, 100, "must be a number from 0 to 100");
        }
    }

    /// The first of a row of ports that users may listen on.
    public static final class PortBase implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return within(
                    text,
                    Ports.LEAST_BASE,
                    Ports.MOST_BASE,
                    "must be a port from " + Ports.LEAST_BASE + " to " + Ports.MOST_BASE);
        }
    }

    /// A part of the names of a folder, of a consumer group's member and of transactions.
    public static final class InstanceName implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            if (!text.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
                throw new TypeConversionException("must be 1 to 100 of A-Z a-z 0-9 . _ -");
            }
            return text;
        }
    }

    /// What people read in a line.
    public static final class Plain implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            var wrong = PlainText.wrong(text);
            if (wrong != null) {
                throw new TypeConversionException(wrong);
            }
            return text;
        }
    }

    /// What people read in a line, which may be empty.
    public static final class PlainOrNone implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            var wrong = PlainText.unseen(text);
            if (wrong != null) {
                throw new TypeConversionException(wrong);
            }
            return text;
        }
    }

    private static int within(String text, int least, int most, String rule) {
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new TypeConversionException("\"" + text + "\": " + rule);
        }
        throw new TypeConversionException(text + ": " + rule);
    }
}
