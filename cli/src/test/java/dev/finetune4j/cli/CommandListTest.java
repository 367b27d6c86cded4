package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;

class CommandListTest {
    @Test
    void commandsGoByTheirOwnNames() {
        assertThat(CommandList.ALL)
                .allSatisfy((name, type) ->
                        assertThat(type.getAnnotation(Command.class).name()).isEqualTo(name));
    }

    @Test
    void aCommandIsReadAlone() {
        assertThat(CommandList.of("plan", "run")).containsOnlyKeys("plan");
        assertThat(CommandList.of("--version")).isEqualTo(CommandList.ALL);
        assertThat(CommandList.of("paln")).isEqualTo(CommandList.ALL);
        assertThat(CommandList.of()).isEqualTo(CommandList.ALL);
    }
}
