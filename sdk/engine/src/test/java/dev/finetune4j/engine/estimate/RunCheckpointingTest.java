package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.estimate.TrainingSetup.Checkpointing;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunCheckpointingTest {
    @ParameterizedTest
    @CsvSource({
        "enabled, FULL",
        "y, FULL",
        "1, FULL",
        "on, FULL",
        "disabled, NONE",
        "n, NONE",
        "0, NONE",
        "off, NONE",
        "no (inferred), NONE",
        "not told, ",
        "selective, SELECTIVE",
        "yes (selective), SELECTIVE",
        "yes (not selective), FULL",
        "yes (unsloth), FULL_OFFLOADED",
        "'yes, offload', FULL_OFFLOADED",
        "'yes, no offload', FULL",
        "full, FULL",
        "'full, block 1', FULL",
        "full (every block), FULL",
        "every layer, FULL",
        "per block, FULL",
        "'full, offload', FULL_OFFLOADED",
        "n/a, ",
        "?, "
    })
    void readsYesAndNoOfCheckpointing(String text, @Nullable Checkpointing checkpointing) {
        assertThat(SampleRun.with("activation_checkpointing", text).setup().checkpointing())
                .isEqualTo(checkpointing);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 'fp8; activation checkpointing: selective; 10 steps', SELECTIVE",
        "'', selective activation checkpointing, SELECTIVE",
        "'', 'GiB; recompute enabled', FULL",
        "'', gradient_checkpointing=True, FULL",
        "'', activation checkpointing is inactive without FSDP, NONE",
        "'', gradient checkpointing off, NONE",
        "'', prepare_model_for_kbit_training is called, FULL",
        "'', 'gradient_checkpointing false, but prepare_model_for_kbit_training is called', FULL",
        "'', 'prepare_model_for_kbit_training(use_gradient_checkpointing=False)', NONE",
        "no, prepare_model_for_kbit_training is called, NONE",
        "'', TRL 0.22.0, FULL",
        "'', trl==1.0.0, FULL",
        "'', TRL SFTTrainer 1.12, FULL",
        "'', 'trl 1.12, gradient checkpointing off', NONE",
        "no, TRL 1.12, NONE",
        "'', TRL 0.21.0, ",
        "'', trl 0.9.6, ",
        "'', activation checkpointing not stated, ",
        "'', --recompute-ffn, ",
        "'', 'gradient checkpointing on for 7B, off for 1B', ",
        "'', with and without gradient checkpointing, ",
        "'', gradient_checkpointing=False, NONE",
        "'', without activation checkpointing, NONE",
        "'', slower than gradient checkpointing on, ",
        "yes, activation checkpointing: selective, FULL",
        "no, gradient checkpointing on in the other rows, NONE"
    })
    void readsOfCheckpointingInNotesWhereItsColumnIsEmpty(
            String text, String notes, @Nullable Checkpointing checkpointing) {
        SampleRun run = SampleRun.with("activation_checkpointing", text).set("notes", notes);

        assertThat(run.setup().checkpointing()).isEqualTo(checkpointing);
    }

    /** ms-swift computes layers again unless told otherwise. */
    @ParameterizedTest
    @CsvSource({
        "'', FULL",
        "no gradient checkpointing, NONE",
        "gradient checkpointing not stated, FULL",
        "'checkpointing on for 7B, off for 1B', ",
        "'gradient checkpointing on for 7B; no gradient checkpointing for 1B', "
    })
    void readsOfLayersThatAFrameworkWouldComputeAgain(String notes, @Nullable Checkpointing checkpointing) {
        SampleRun run = SampleRun.with("activation_checkpointing", "").set("framework", "ms-swift");

        assertThat(run.set("notes", notes).setup().checkpointing()).isEqualTo(checkpointing);
    }

    /** Told to train by Unsloth, LLaMA-Factory has it offload since 0.6.3 of April 2024. */
    @ParameterizedTest
    @CsvSource({"2024-04-15, FULL", "2024-12, ", "'', "})
    void leavesToUnslothWhichLayersItComputesAgain(String date, @Nullable Checkpointing checkpointing) {
        SampleRun run = SampleRun.with("activation_checkpointing", "").set("framework", "LLaMA-Factory + Unsloth");

        assertThat(run.set("date", date).setup().checkpointing()).isEqualTo(checkpointing);
    }

    @ParameterizedTest
    @CsvSource({"2025-06, ", "2025-10, ", "2026-04, FULL", "2024-2026, ", "'', "})
    void takesOlderAndNewerTrlByItsDate(String date, @Nullable Checkpointing checkpointing) {
        SampleRun run = SampleRun.with("activation_checkpointing", "").set("date", date);

        assertThat(run.setup().checkpointing()).isEqualTo(checkpointing);
    }

    @ParameterizedTest
    @CsvSource({
        "activation checkpoints offloaded to CPU, FULL_OFFLOADED",
        "activation offloading, FULL_OFFLOADED",
        "no checkpoint offload, FULL",
        "enable_activation_offloading=True, FULL_OFFLOADED",
        "offload_activations, FULL_OFFLOADED",
        "'experts not trained, checkpoint offload, compile', FULL_OFFLOADED",
        "checkpoints offloaded to the host, FULL_OFFLOADED",
        "activation offloading off, FULL",
        "activation offloading: false, FULL",
        "checkpoints offloaded to S3, FULL",
        "checkpoint offload to disk every 500 steps, FULL",
        "checkpoint offloading to S3, FULL"
    })
    void readsOfCheckpointsThatLieInTheHostsMemory(String notes, Checkpointing checkpointing) {
        assertThat(SampleRun.with("notes", notes).setup().checkpointing()).isEqualTo(checkpointing);
    }

    @ParameterizedTest
    @CsvSource({
        "'', recompute enabled, FULL",
        "'', 'gradient checkpointing on, batch 1', FULL",
        "'', gradient checkpointing not stated, ",
        "'', no gradient checkpointing on this one, NONE",
        "no, recompute enabled in other rows, NONE"
    })
    void readsOfNotesThatLayersAreComputedAgainWhereTheColumnIsEmpty(
            String column, String notes, @Nullable Checkpointing checkpointing) {
        assertThat(SampleRun.with("activation_checkpointing", column)
                        .set("notes", notes)
                        .setup()
                        .checkpointing())
                .isEqualTo(checkpointing);
    }

    @ParameterizedTest
    @CsvSource({
        "with gradient checkpointing, FULL",
        "bf16 + gradient checkpointing, FULL",
        "'HF Trainer + DeepSpeed ZeRO-3, gradient checkpointing; no offload', FULL",
        "gradient checkpointing used, FULL",
        "use_gradient_checkpointing=True, FULL",
        "'--packing --gradient_checkpointing --bf16', FULL",
        "full activation checkpointing, FULL",
        "full recompute + flash-attn, FULL",
        "checkpointing on, FULL",
        "checkpointing: false, NONE",
        "'no checkpointing (not stated, read so)', NONE",
        "without checkpointing, NONE",
        "use_gradient_checkpointing=False, NONE",
        "per-op selective checkpointing, SELECTIVE",
        "'batch 1, selective op checkpointing', SELECTIVE",
        "full recompute would fit 8 rows, ",
        "'checkpointing, optimizer and what a card leaves usable not said', ",
        "'gradient checkpointing, optimizer and batch not said', ",
        "'LoRA targets, optimizer, checkpointing and packing not in the thread', ",
        "no recompute flag given, ",
        "checkpointing every 500 steps, ",
        "with checkpointing every 500 steps, ",
        "no evaluation or checkpointing inside the time, ",
        "less than with gradient checkpointing, ",
        "selective checkpointing would be faster, "
    })
    void readsOfCheckpointingAsPeopleWriteIt(String notes, @Nullable Checkpointing checkpointing) {
        SampleRun run = SampleRun.with("activation_checkpointing", "").set("notes", notes);

        assertThat(run.setup().checkpointing()).isEqualTo(checkpointing);
    }
}
