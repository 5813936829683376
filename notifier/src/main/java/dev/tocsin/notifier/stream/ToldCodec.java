package dev.tocsin.notifier.stream;

import dev.tocsin.notifier.route.Told;
import dev.tocsin.service.Packer;
import dev.tocsin.service.Unpacker;
import java.util.LinkedHashMap;

/// [Told] as bytes.
final class ToldCodec {
    private static final byte VERSION = 1;

    private ToldCodec() {}

    static byte[] encode(Told told) {
        var packer =
                new Packer(VERSION)
                        .texts(told.events())
                        .time(told.at())
                        .number(told.seq())
                        .flag(told.closed())
                        .number(told.targets().size());
        told.targets().forEach((target, reason) -> packer.text(target).text(reason));
        return packer.bytes();
    }

    static Told decode(byte[] bytes) {
        var in = new Unpacker(bytes);
        var events = in.words();
        var at = in.moment();
        long seq = in.number();
        boolean closed = in.flag();
        var targets = new LinkedHashMap<String, String>();
        for (int i = in.count(); i > 0; i--) {
            targets.put(in.word(), in.word());
        }
        return new Told(events, at, seq, closed, targets);
    }
}
