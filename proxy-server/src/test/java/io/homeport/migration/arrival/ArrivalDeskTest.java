package io.homeport.migration.arrival;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.homeport.faults.Faults;
import io.homeport.files.FileSurvey;
import io.homeport.files.LeftBehind;
import io.homeport.files.PrivateDirectories;
import io.homeport.link.Links;
import io.homeport.link.Peer;
import io.homeport.link.TestCluster;
import io.homeport.migration.contract.ArrivalLimits;
import io.homeport.migration.contract.CommitLog;
import io.homeport.migration.contract.Messages;
import io.homeport.migration.contract.NodeParts;
import io.homeport.migration.contract.Offer;
import io.homeport.migration.contract.Underway;
import io.homeport.transfer.Transfers;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A destination at its limits, and certified nodes that name migrations which are not their own. */
@Timeout(60)
class ArrivalDeskTest {
    private static final long ID = 0x4711;
    private static final ArrivalLimits LIMITS = new ArrivalLimits(2, 5_000_000);

    @TempDir
    Path directory;

    private TestCluster cluster;
    private Peer alpha;
    private Peer mad;
    private CommitLog commitLog;
    private Underway underway;
    private ArrivalDesk desk;

    @BeforeEach
    void open() throws Exception {
        cluster = new TestCluster(directory, "alpha", "beta", "mad");
        Links links = cluster.links("beta"); // not started: nobody answers its inquiries
        alpha = links.peer("alpha");
        mad = links.peer("mad");
        Path images = Files.createDirectories(directory.resolve("images"));
        NodeParts.Places places = new NodeParts.Places(images, directory.resolve("commits"), null, null);
        commitLog = new CommitLog(places.commits());
        underway = new Underway(commitLog);
        NodeParts node = parts(Map.of(
                "name", "beta", "links", links, "transfers", new Transfers(directory.resolve("arrivals")), "places", places,
                "fileSurvey", new FileSurvey(PrivateDirectories.USUAL, new LeftBehind(directory.resolve("left"))),
                "commitLog", commitLog, "underway", underway, "callTimeout", Duration.ofSeconds(1), "faults", Faults.NONE));
        desk = new ArrivalDesk(node, LIMITS);
    }

    @AfterEach
    void close() throws Exception {
        desk.close();
        cluster.close();
    }

    @Test
    void shouldExpectImagesOfTheNodeWhoseOfferWasWelcomeOnly() throws Exception {
        assertThat(offer(alpha, ID, 1_000)).isEmpty();
        assertThat(desk.objection("alpha", ID, 1_000)).isEmpty();
        assertThat(desk.objection("mad", ID, 1_000)).hasValueSatisfying(why -> assertThat(why).contains("expects no images of migration 4711 from mad"));
        assertThat(desk.objection("alpha", ID + 1, 1_000)).isPresent();
        assertThat(desk.objection("alpha", ID, 6_000_000)).hasValueSatisfying(why -> assertThat(why).contains("raise limits.imageLimitBytes"));
    }

    @Test
    void shouldRefuseRequestsForAnothersMigration() throws Exception {
        offer(alpha, ID, 1_000);
        assertThat(offer(mad, ID, 1_000)).isEmpty(); // does not take it over
        assertThatThrownBy(() -> ask(mad, Messages.RESTORE, Messages.restore(ID))).hasMessageContaining("knows no migration 4711 from mad");
        assertThatThrownBy(() -> ask(mad, Messages.COMMIT, Messages.commit(ID, List.of()))).hasMessageContaining("knows no migration 4711 from mad");
        ask(mad, Messages.ABORT, Messages.abort(ID)); // over already, as far as it is concerned
        assertThat(desk.objection("alpha", ID, 1_000)).as("alpha's stands").isEmpty();
        assertThatThrownBy(() -> ask(alpha, Messages.COMMIT, Messages.commit(ID, List.of()))).hasMessageContaining("there is nothing to commit");
    }

    @Test
    void shouldRunNothingWithoutACompleteTransfer() throws Exception {
        offer(alpha, ID, 1_000);
        assertThatThrownBy(() -> ask(alpha, Messages.RESTORE, Messages.restore(ID))).hasMessageContaining("record");
        assertThat(desk.objection("alpha", ID, 1_000)).as("it is over").isPresent();
    }

    @Test
    void shouldTakeNoMoreMigrationsThanItMay() throws Exception {
        assertThat(offer(alpha, 1, 1_000)).isEmpty();
        assertThat(offer(alpha, 2, 1_000)).isEmpty();
        assertThat(offer(alpha, 3, 1_000)).singleElement().asString().contains("2 migrations to it are under way", "limits.arrivals");
        ask(alpha, Messages.ABORT, Messages.abort(1));
        assertThat(offer(alpha, 4, 1_000)).isEmpty();
    }

    @Test
    void shouldRefuseImagesThatAreTooLarge() throws Exception {
        assertThat(offer(alpha, ID, 5_000_000)).isEmpty();
        assertThat(offer(alpha, ID + 1, 5_000_001)).singleElement().asString().contains("limits.imageLimitBytes");
    }

    @Test
    void shouldNotTakeAServiceBackBeforeItHasClearedUpAfterIt() throws Exception {
        underway.begin(ID, "shop");
        assertThat(offer(alpha, 1, 1_000)).as("another of that name may come while one is about to leave").isEmpty();
        commitLog.write(new CommitLog.Entry(ID, CommitLog.Word.GIVEN, "alpha", 1));
        assertThat(offer(mad, 2, 1_000)).isEmpty();
        ask(mad, Messages.ABORT, Messages.abort(2));
        assertThat(offer(alpha, 3, 1_000)).singleElement().asString().contains("clears up after shop, which it has just given to alpha: try again");
        commitLog.forget(ID);
        underway.end(ID);
        assertThat(offer(alpha, 4, 1_000)).isEmpty();
    }

    @Test
    void shouldRefuseWhatIsNoRequest() {
        assertThatThrownBy(() -> ask(mad, Messages.OFFER, new byte[] {1, 2, 3})).hasMessageContaining("an Offer that cannot be read");
    }

    private List<String> offer(Peer from, long id, long imageBytes) {
        return Offer.decodeReply(ask(from, Messages.OFFER, new Offer(id, "shop", "/jdk", imageBytes, List.of(), new byte[0]).encode())).obstacles();
    }

    private byte[] ask(Peer from, short method, byte[] request) {
        try {
            return desk.handle(from, method, request).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** A node of which nothing but these is there: whatever else is touched fails. */
    private static NodeParts parts(Map<String, Object> there) throws ReflectiveOperationException {
        RecordComponent[] components = NodeParts.class.getRecordComponents();
        Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Object[] values = Arrays.stream(components)
                .map(component -> component.getType() == long.class ? (Object) 0L : there.get(component.getName()))
                .toArray();
        return NodeParts.class.getDeclaredConstructor(types).newInstance(values);
    }
}
