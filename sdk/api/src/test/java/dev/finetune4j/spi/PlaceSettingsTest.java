package dev.finetune4j.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tags are one text in a job file. */
class PlaceSettingsTest {
    @Test
    void areReadFromOneText() {
        assertThat(PlaceSettings.tags("")).isEmpty();
        assertThat(PlaceSettings.tags(" team = search and rank , cost-centre=4711,nightly,, formula=a=b"))
                .containsExactly(
                        Map.entry("team", "search and rank"),
                        Map.entry("cost-centre", "4711"),
                        Map.entry("nightly", ""),
                        Map.entry("formula", "a=b"));
    }
}
