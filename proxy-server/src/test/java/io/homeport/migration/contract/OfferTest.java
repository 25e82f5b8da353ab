package io.homeport.migration.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.files.FileNeed;
import java.util.List;
import org.junit.jupiter.api.Test;

class OfferTest {
    @Test
    void shouldReadBackWhatItWrote() {
        Offer offer = new Offer(-3, "shop", "/usr/lib/jvm/17", 1L << 33, List.of(
                new FileNeed("/srv/shop.jar", 0100644, 12345, false, false, -77),
                new FileNeed("/tmp/ä.log", 0100600, -1, true, true, 0)), new byte[] {9, 8});

        assertThat(Offer.decode(offer.encode())).usingRecursiveComparison().isEqualTo(offer);
    }

    @Test
    void shouldReadBackTheAnswer() {
        assertThat(Offer.decodeReply(Offer.encodeReply(List.of("no room", "no file")))).containsExactly("no room", "no file");
        assertThat(Offer.decodeReply(Offer.encodeReply(List.of()))).isEmpty();
    }
}
