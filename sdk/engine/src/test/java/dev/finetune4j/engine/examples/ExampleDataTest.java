package dev.finetune4j.engine.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.data.prepare.DataPreparation;
import dev.finetune4j.engine.data.source.FetchProgress;
import dev.finetune4j.engine.data.source.SourceCache;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.SplitSpec;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples with their real data, which pip fetches. */
@Tag("slow")
class ExampleDataTest {
    @TempDir
    Path folder;

    @Test
    void attackTacticsHasTheRowsThatItsReadmeSays() {
        PreparedData data = prepare("attack-tactics");

        assertThat(data.record().rowsRead()).isEqualTo(8728);
        assertThat(data.rowsByPart()).isEqualTo(Map.of(Part.TRAIN, 400L, Part.VALIDATION, 60L, Part.TEST, 150L));
        assertThat(data.labels()).hasSize(14);
        assertThat(data.record().share(Part.TEST).rowsByLabel().values()).allMatch(rows -> rows >= 1);
        assertThat(data.record().share(Part.TRAIN).rowsByLabel().values()).allMatch(rows -> rows >= 1);
    }

    @Test
    void attackTacticsHasTheClassesOfLife() {
        FineTuneJob job = Examples.job("attack-tactics").job();
        PreparedData data = prepare("attack-tactics", job, new SplitSpec(0, 0, null, null, null, true, 0, 0, 0, 1));

        assertThat(data.record().share(Part.TRAIN).rowsByLabel())
                .containsEntry("discovery", 2012L)
                .containsEntry("defense-evasion", 1780L)
                .containsEntry("command-and-control", 1515L)
                .containsEntry("impact", 163L)
                .containsEntry("privilege-escalation", 29L);
    }

    @Test
    void attackTacticsNeverDividesAnActor() {
        FineTuneJob job = Examples.job("attack-tactics").job();
        PreparedData data = prepare("attack-tactics", job, job.data().split().withRows(0, 0, 0));
        // Groups are counted in each part: were one divided, it would count twice.
        assertThat(data.record().share(Part.TRAIN).groups()
                        + data.record().share(Part.VALIDATION).groups()
                        + data.record().share(Part.TEST).groups())
                .isEqualTo(958);
    }

    @Test
    void sentimentHasTheRowsThatItsReadmeSays() {
        PreparedData data = prepare("sentiment");

        assertThat(data.record().rowsRead()).isEqualTo(3484);
        assertThat(data.labels()).containsExactly("positive", "neutral", "negative");
        assertThat(data.rowsByPart()).isEqualTo(Map.of(Part.TRAIN, 500L, Part.VALIDATION, 60L, Part.TEST, 200L));
    }

    @Test
    void shakespeareHasTheRowsThatItsReadmeSays() {
        PreparedData data = prepare("shakespeare");

        assertThat(data.record().rowsRead()).isEqualTo(1559);
        assertThat(data.rowsByPart()).isEqualTo(Map.of(Part.TRAIN, 600L, Part.VALIDATION, 60L, Part.TEST, 100L));
    }

    private PreparedData prepare(String name) {
        FineTuneJob job = Examples.job(name).job();
        return prepare(name, job, job.data().split());
    }

    private PreparedData prepare(String name, FineTuneJob job, SplitSpec split) {
        JobFile file = Examples.job(name);
        FineTuneJob withSplit = FineTuneJob.builder(
                        job.name(), job.model(), job.task(), job.data().withSplit(split))
                .build();
        SourceCache sources = SourceCache.standard(folder.resolve("home"), System.getenv(), FetchProgress.SILENT);
        return new DataPreparation(sources).prepare(withSplit, true, file.baseFolder(), folder.resolve("data"));
    }
}
