package dev.tocsin.incident.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Small values one after the other, in as few bytes as they need. [Unpacker] reads them in the same order.
final class Packer {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(128);

    Packer(byte version) {
        out.write(version);
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    Packer number(long value) {
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7fL) != 0) {
            out.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
        return this;
    }

    Packer flag(boolean value) {
        return number(value ? 1 : 0);
    }

    /// @param all in the order in which they are written
    <E> Packer one(List<E> all, E value) {
        return number(all.indexOf(value));
    }

    Packer text(@Nullable String value) {
        if (value == null) {
            return number(-1);
        }
        var bytes = value.getBytes(StandardCharsets.UTF_8);
        number(bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    Packer texts(Collection<String> values) {
        number(values.size());
        values.forEach(this::text);
        return this;
    }

    /// To the millisecond.
    Packer time(@Nullable Instant value) {
        return flag(value != null).number(value == null ? 0 : value.toEpochMilli());
    }
}
