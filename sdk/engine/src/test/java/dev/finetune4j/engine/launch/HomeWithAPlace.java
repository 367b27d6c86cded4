package dev.finetune4j.engine.launch;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A home of its own for each test, which knows a fake place that can do everything. */
abstract class HomeWithAPlace {
    @TempDir
    Path home;

    LaunchFixture fixture;

    @BeforeEach
    void opensAHome() {
        fixture = new LaunchFixture(home);
    }
}
