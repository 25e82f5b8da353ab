package io.homeport.migration.contract;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.homeport.files.FileNeed;
import io.homeport.hostile.Cost;
import io.homeport.wire.MalformedFrameException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** The requests of a certified node that has gone mad, and its answers. */
class OfferFuzzTest {
    static Stream<byte[]> shouldDecodeOrRefuse() {
        Offer offer = new Offer(4711, "shop", "/usr/lib/jvm", 1 << 30, List.of(
                new FileNeed("/usr/lib/x.so", 0100755, 77, false, false, 5), new FileNeed("/tmp/y", 0100600, -1, true, true, 0)), new byte[] {1, 2, 3});
        return Stream.of(
                offer.encode(), Offer.encodeReply(List.of("no room", "no CRIU")), Messages.restore(1), Messages.commit(2, List.of(5L, 6L)), Messages.abort(3),
                Messages.inquiry(4), Messages.inquiryReply(true), Messages.ready(new Ready(77, 5, 6)));
    }

    @MethodSource
    @FuzzTest
    void shouldDecodeOrRefuse(byte[] request) {
        Cost.bounded(request.length, () -> {
            refusing(() -> Offer.decode(request));
            refusing(() -> Offer.decodeReply(request));
            refusing(() -> Messages.restoreId(request));
            refusing(() -> Messages.commitId(request));
            refusing(() -> Messages.waiting(request));
            refusing(() -> Messages.abortId(request));
            refusing(() -> Messages.inquiryId(request));
            refusing(() -> Messages.isOpen(request));
            refusing(() -> Messages.ready(request));
        });
    }

    private static void refusing(Runnable decode) {
        try {
            decode.run();
        } catch (MalformedFrameException refused) {
            // Declared.
        }
    }
}
