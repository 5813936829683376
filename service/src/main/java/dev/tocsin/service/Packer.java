package dev.tocsin.service;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Small values one after the other, in as few bytes as they need. [Unpacker] reads them in the same order.
public final class Packer {
    private byte[] bytes = new byte[192];
    private int size;

    public Packer(byte version) {
        bytes[size++] = version;
    }

    public byte[] bytes() {
        return Arrays.copyOf(bytes, size);
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }

    public Packer number(long value) {
        room(10);
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7fL) != 0) {
            bytes[size++] = (byte) ((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
        return this;
    }

    public Packer flag(boolean value) {
        return number(value ? 1 : 0);
    }

    /// @param all in the order in which they are written
    public <E> Packer one(List<E> all, E value) {
        return number(all.indexOf(value));
    }

    public Packer text(@Nullable String value) {
        if (value == null) {
            return number(-1);
        }
        return raw(value.getBytes(StandardCharsets.UTF_8));
    }

    public Packer raw(byte @Nullable [] value) {
        if (value == null) {
            return number(-1);
        }
        number(value.length);
        room(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
        return this;
    }

    public Packer texts(Collection<String> values) {
        number(values.size());
        values.forEach(this::text);
        return this;
    }

    /// To the millisecond.
    public Packer time(@Nullable Instant value) {
        return flag(value != null).number(value == null ? 0 : value.toEpochMilli());
    }
}
