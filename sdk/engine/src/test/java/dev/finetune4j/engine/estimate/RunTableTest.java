package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.finetune4j.error.FineTuneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunTableTest {
    @TempDir
    Path folder;

    @Test
    void refusesATableThatCanBeReadInTwoWays() throws IOException {
        assertThat(whyRefused("model,method,wall_time_s,Wall_Time_s\nLlama 3.1 8B,lora,1,2\n"))
                .contains("column wall_time_s twice");
        assertThat(whyRefused(
                        "model,method,notes\nLlama 3.1 8B,lora,x\nLlama 3.1 8B,lora,\"open\nLlama 3.1 8B,lora,y\n"))
                .contains("line 3");
    }

    @Test
    void saysThatFieldsAreNotSeparatedByCommas() throws IOException {
        assertThat(whyRefused("model;method;wall_time_s\nLlama 3.1 8B;lora;1\n"))
                .isEqualTo("it lacks the columns method, model: its fields are separated by semicolons, not by commas");
        assertThat(whyRefused("model\tmethod\twall_time_s\nLlama 3.1 8B\tlora\t1\n"))
                .endsWith("by tabs, not by commas");
        assertThat(whyRefused("a,b\n1,2\n")).isEqualTo("it lacks the columns method, model");
        assertThat(whyRefused("model,recipe;kind,wall_time_s\nLlama 3.1 8B,lora,1\n"))
                .as("a column's name holds the mark")
                .isEqualTo("it lacks the columns method");
    }

    private String whyRefused(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("runs.csv"), text);
        FineTuneException refusal = catchThrowableOfType(FineTuneException.class, () -> Backtest.of(file));
        assertThat(refusal).hasMessageContaining("FT0740");
        return refusal.problems().get(0).causes().get(0);
    }

    /** "3,090.42" without quotes would be 3 tokens a second and 90.42 GiB. */
    @Test
    void refusesARowWithMoreFieldsThanColumns() throws IOException {
        String good = SampleRun.with("tokens_per_s_per_gpu", "3,090.42").line();
        String shifted = good.replace("\"3,090.42\"", "3,090.42");
        String trailing = SampleRun.with("notes", "none").line() + ",";
        Path file = Files.writeString(
                folder.resolve("runs.csv"), SampleRun.HEADER + good + "\n" + shifted + "\n" + trailing + "\n");

        Backtest backtest = Backtest.of(file);

        assertThat(backtest.memory().rows()).isEqualTo(1);
        assertThat(backtest.throughput().rows()).isEqualTo(1);
        assertThat(backtest.skipped()).extracting(Backtest.Skipped::row).containsExactly(2, 3);
        assertThat(backtest.skipped())
                .extracting(Backtest.Skipped::why)
                .allSatisfy(why -> assertThat(why).contains("it has 22 fields, and the table 21 columns"));
        assertThat(backtest.skipped().get(0).why()).startsWith("line 3: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void readsLinesThatEndAsOnAnySystemAndColumnsInAnyCase(String end) throws IOException {
        Path file = SampleRun.with("peak_mem_gb_per_gpu", "24").in(folder);
        String text = Files.readString(file);
        Files.writeString(
                file,
                text.replace(SampleRun.HEADER, SampleRun.HEADER.toUpperCase(Locale.ROOT))
                        .replace("\n", end));

        Backtest backtest = Backtest.of(file);

        assertThat(backtest.memory().rows()).isEqualTo(1);
        assertThat(backtest.skipped()).isEmpty();
    }

    @Test
    void saysOfAFolderThatItIsOne() {
        assertThatThrownBy(() -> Backtest.of(folder))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems().get(0).causes()).containsExactly("it is a folder"));
    }

    @Test
    void saysThatATableIsMissingOrIsNone() throws IOException {
        Path none = folder.resolve("none.csv");
        assertThatThrownBy(() -> Backtest.of(none))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0740");

        Path other = folder.resolve("other.csv");
        Files.writeString(other, "a,b\n1,2\n");
        assertThatThrownBy(() -> Backtest.of(other))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0740");
    }
}
