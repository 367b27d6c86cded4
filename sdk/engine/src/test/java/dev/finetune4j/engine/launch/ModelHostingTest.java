package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.engine.journal.DiskFiles;
import dev.finetune4j.engine.journal.DurableFiles;
import dev.finetune4j.engine.journal.HostedRun;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunLock;
import dev.finetune4j.engine.report.RunStory;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.spi.HostingOrder;
import dev.finetune4j.testkit.fake.FakePlace.Call;
import dev.finetune4j.testkit.fake.FakePlace.Fault;
import dev.finetune4j.testkit.fake.FakeProvider;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models are hosted on request, once whatever dies in between, and what that costs is known at any time. */
class ModelHostingTest {
    private static final String BY_THE_HOUR = "by-the-hour";

    /** Asked, being made, answers. */
    private static final int ENTRIES = 3;

    @TempDir
    private Path home;

    private LaunchFixture fixture;
    private RunId id;

    @BeforeEach
    void runAJob() throws InterruptedException {
        fixture = new LaunchFixture(home);
        id = fixture.runToEnd();
    }

    @Test
    void saysWhatItCosts() throws InterruptedException {
        try (Launcher launcher = fixture.launcher()) {
            HostingTerms terms = launcher.hosting().terms(id.value(), BY_THE_HOUR, 2);
            HostingTerms first = launcher.hosting().terms(id.value(), null, 1);

            assertThat(terms.perHour()).contains(Money.parse("43.00 USD"));
            assertThat(terms.perMonth())
                    .hasValueSatisfying(month -> assertThat(month.amount()).isEqualByComparingTo("31390"));
            assertThat(terms.ways()).hasSize(2);
            assertThat(terms.hosted()).isNull();
            assertThat(first.perHour())
                    .hasValueSatisfying(hour -> assertThat(hour.amount()).isZero());
            assertThat(launcher.hosting().dryRun(terms)).hasSize(1);
        }
        assertThat(fixture.place.hostings()).isZero();
    }

    @Test
    void hostsOnceThoughTheProcessDiesAtEachEntry() throws Exception {
        for (int entries = 0; entries < ENTRIES; entries++) {
            LaunchFixture each = new LaunchFixture(home.resolve("crash-" + entries));
            RunId run = each.runToEnd();
            DurableFiles dying = new CrashAfter(entries);
            assertThatThrownBy(() -> host(each, dying, run, BY_THE_HOUR))
                    .as("after %s entries", entries)
                    .isInstanceOf(CrashAfter.Crash.class);

            HostedModel model = host(each, new DiskFiles(), run, BY_THE_HOUR);

            assertThat(model.state()).isEqualTo(HostedModel.State.ACTIVE);
            assertThat(each.place.hostings()).as("after %s entries", entries).isEqualTo(1);
        }
    }

    @Test
    void hostsOnceThoughTheAnswerIsLost() throws Exception {
        fixture.place.fail(Call.HOST, Fault.UNREACHABLE, Fault.ANSWER_LOST);

        host(BY_THE_HOUR);
        host(BY_THE_HOUR);

        assertThat(fixture.place.hostings()).isEqualTo(1);
    }

    @Test
    void tellsEachStateAndWritesItDown() throws Exception {
        Instant ended = fixture.view(id).changedAt();
        List<HostedModel.State> seen = new ArrayList<>();

        try (Launcher launcher = fixture.launcher()) {
            ModelHosting hosting = launcher.hosting();
            hosting.host(hosting.terms(id.value(), BY_THE_HOUR, 1), model -> seen.add(model.state()));

            assertThat(hosting.list()).singleElement().satisfies(one -> {
                assertThat(one.isSeenNow()).isTrue();
                assertThat(one.perHour()).contains(Money.parse("21.50 USD"));
            });
            assertThat(fixture.view(id).hosted())
                    .as("what is known without asking")
                    .isEqualTo(new HostedRun(
                            id,
                            FakeProvider.ID,
                            new HostingOrder(id, BY_THE_HOUR, 1, 1),
                            fixture.place.hosted().get(0),
                            false));
        }

        assertThat(seen).containsExactly(HostedModel.State.CREATING, HostedModel.State.ACTIVE);
        assertThat(RunStory.of(fixture.folder(id).read()).chapters())
                .extracting(RunStory.Chapter::what)
                .endsWith(
                        "told fake to host its model by-the-hour",
                        "its model is hosted: creating, at 21.50 USD an hour",
                        "its model is hosted: active, at 21.50 USD an hour");
        assertThat(fixture.view(id).changedAt()).as("the run itself has ended").isEqualTo(ended);
    }

    /** What nobody can ask for may be billed all the same. */
    @Test
    void listsWhatItCannotSeeNow() throws Exception {
        Fault[] lost = new Fault[PatientCall.TRIES];
        Arrays.fill(lost, Fault.ANSWER_LOST);
        fixture.place.fail(Call.HOST, lost);
        assertThatThrownBy(() -> host(BY_THE_HOUR)).hasMessageContaining("did not answer HOST");
        try (Launcher launcher = fixture.launcher()) {
            fixture.place.fail(Call.FIND_HOSTED, Fault.UNREACHABLE);

            assertThat(launcher.hosting().list()).singleElement().satisfies(one -> {
                assertThat(one.run()).isEqualTo(id);
                assertThat(one.way()).isEqualTo(BY_THE_HOUR);
                assertThat(one.model()).as("nobody knows whether it is there").isNull();
                assertThat(one.perHour()).isEmpty();
                assertThat(one.isSeenNow()).isFalse();
            });
            assertThat(launcher.hosting().list())
                    .as("it is")
                    .singleElement()
                    .satisfies(one -> assertThat(one.perHour()).contains(Money.parse("21.50 USD")));

            host(BY_THE_HOUR);
            fixture.place.fail(Call.FIND_HOSTED, Fault.UNREACHABLE);
            assertThat(launcher.hosting().list()).singleElement().satisfies(one -> {
                assertThat(one.perHour()).as("as it was seen last").contains(Money.parse("21.50 USD"));
                assertThat(one.isSeenNow()).isFalse();
            });
        }
    }

    @Test
    void endsItAndHostsItAnewByAnotherOrder() throws Exception {
        HostedModel first = host(BY_THE_HOUR);
        try (Launcher launcher = fixture.launcher()) {
            assertThat(launcher.hosting().end(id.value()))
                    .extracting(HostedModel::reference)
                    .containsExactly(first.reference());
            assertThat(launcher.hosting().end(id.value())).isEmpty();
            assertThat(launcher.hosting().list()).isEmpty();
            assertThat(fixture.view(id).hosted()).isNull();
        }

        HostedModel second = host(BY_THE_HOUR);

        assertThat(second.reference()).isNotEqualTo(first.reference());
        assertThat(second.state()).isEqualTo(HostedModel.State.ACTIVE);
    }

    @Test
    void namesAllThatHostsItWhereThatIsMoreThanOne() throws Exception {
        HostedModel first = host(BY_THE_HOUR);
        HostedModel second = new FakeProvider(fixture.place)
                .hosting()
                .orElseThrow()
                .host(new HostingOrder(id, "by-the-token", 1, 2));
        try (Launcher launcher = fixture.launcher()) {
            ModelHosting hosting = launcher.hosting();
            HostingTerms larger = hosting.terms(id.value(), BY_THE_HOUR, 2);

            assertThatThrownBy(() -> hosting.host(larger, model -> {}))
                    .hasMessageContaining(
                            "by-the-hour with 1 unit and by-the-token with 1 unit, not by-the-hour with 2")
                    .isInstanceOfSatisfying(
                            FineTuneException.class,
                            refusal -> assertThat(refusal.problems().get(0).causes())
                                    .hasSize(2));
            assertThat(hosting.host(hosting.terms(id.value(), "by-the-token", 1), model -> {})
                            .reference())
                    .as("what is hosted so is taken up")
                    .isEqualTo(second.reference());
            assertThat(hosting.end(id.value())).hasSize(2);
        }
        assertThat(fixture.folder(id)
                        .read()
                        .entries()
                        .filter(JournalEntry.HostingEnded.class::isInstance)
                        .map(entry -> ((JournalEntry.HostingEnded) entry).reference()))
                .containsExactly(first.reference(), second.reference());
        assertThat(fixture.view(id).hosted()).isNull();
    }

    @Test
    void hostsAnewWhatSomebodyElseEnded() throws Exception {
        HostedModel first = host(BY_THE_HOUR);
        fixture.place.endHosting(first.reference());

        assertThat(host(BY_THE_HOUR).reference()).isNotEqualTo(first.reference());
    }

    @Test
    void hostsInOneWayAtATime() throws Exception {
        host(BY_THE_HOUR);

        assertThatThrownBy(() -> host("by-the-token"))
                .hasMessageContaining("FT0528")
                .hasMessageContaining("is hosted by-the-hour with 1 unit, not by-the-token with 1 unit");
        assertThatThrownBy(() -> host("by-the-moon")).hasMessageContaining("FT0527");
        assertThat(fixture.place.hostings()).isEqualTo(1);
    }

    @Test
    void noticesThatItWasEndedBeforeItAnswered() {
        try (Launcher launcher = fixture.launcher()) {
            ModelHosting hosting = launcher.hosting();
            HostingTerms terms = hosting.terms(id.value(), BY_THE_HOUR, 1);

            assertThatThrownBy(() -> hosting.host(terms, model -> fixture.place.endHosting(model.reference())))
                    .hasMessageContaining("FT0529");
        }
    }

    @Test
    void leavesARunAloneThatSomebodyElseDrives() {
        try (RunLock lock = RunLock.tryTake(fixture.folder(id), new DiskFiles()).orElseThrow()) {
            assertThat(lock).isNotNull();
            assertThatThrownBy(() -> host(BY_THE_HOUR)).hasMessageContaining("FT0505");
        }
        assertThat(fixture.place.hostings()).isZero();
    }

    private HostedModel host(String way) throws InterruptedException {
        return host(fixture, new DiskFiles(), id, way);
    }

    private static HostedModel host(LaunchFixture fixture, DurableFiles files, RunId id, String way)
            throws InterruptedException {
        try (Launcher launcher = fixture.launcher(files)) {
            ModelHosting hosting = launcher.hosting();
            return hosting.host(hosting.terms(id.value(), way, 1), model -> {});
        }
    }
}
