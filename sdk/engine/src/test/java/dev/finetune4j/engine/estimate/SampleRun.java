package dev.finetune4j.engine.estimate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A row of a table of published runs that can be compared, but for the fields that a test sets. */
final class SampleRun {
    static final String HEADER = "source,model,params_b,method,lora_rank,lora_targets,precision,optimizer,seq_len,"
            + "packing,micro_batch,grad_accum,activation_checkpointing,parallelism,gpu,gpus,framework,"
            + "tokens_per_s_per_gpu,peak_mem_gb_per_gpu,wall_time_s,notes\n";

    private final List<String> columns = new ArrayList<>(List.of(HEADER.strip().split(",", -1)));

    private final List<String> fields = new ArrayList<>(List.of(
            "x,Llama 3.1 8B,8,lora,16,all-linear,bf16,AdamW,2048,no,2,1,yes,none,A100-80,1,trl,,24,,".split(",", -1)));

    private SampleRun() {}

    /** With one field set. */
    static SampleRun with(String column, String text) {
        return new SampleRun().set(column, text);
    }

    /** Of a run that failed for want of memory, with one field set. */
    static SampleRun outOfMemory(String column, String text) {
        return with(column, text).set("peak_mem_gb_per_gpu", "").set("notes", "OOM");
    }

    /** Sets a field, of a column that the header lacks, too. */
    SampleRun set(String column, String text) {
        if (!columns.contains(column)) {
            columns.add(column);
            fields.add("");
        }
        fields.set(columns.indexOf(column), '"' + text + '"');
        return this;
    }

    /** The row without the end of its line. */
    String line() {
        return String.join(",", fields);
    }

    /** A table of this row alone. */
    Path in(Path folder) throws IOException {
        return Files.writeString(folder.resolve("runs.csv"), HEADER + line() + "\n");
    }

    PublishedRun read() {
        CsvTable.Row row = CsvTable.of(String.join(",", columns) + "\n" + line() + "\n")
                .rows()
                .get(0);
        return RunReader.read(GpuTable.shipped(), new ModelNames(), row, 1);
    }

    /** How it trained; its method must be known. */
    TrainingSetup setup() {
        return Objects.requireNonNull(read().setup());
    }
}
