package dev.finetune4j.junit;

import dev.finetune4j.junit.baseline.BaselineTarget;
import dev.finetune4j.testkit.fuzz.ParserFuzzTest;
import dev.finetune4j.testkit.fuzz.ParserTarget;
import java.util.List;

/** The one file that the extension reads. */
class BaselineFuzzTest extends ParserFuzzTest {
    @Override
    protected List<ParserTarget> targets() {
        return List.of(new BaselineTarget());
    }
}
