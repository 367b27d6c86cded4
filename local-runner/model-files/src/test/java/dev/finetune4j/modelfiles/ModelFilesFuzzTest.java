package dev.finetune4j.modelfiles;

import dev.finetune4j.modelfiles.codec.GgufModelTarget;
import dev.finetune4j.modelfiles.codec.TextSettingsTarget;
import dev.finetune4j.modelfiles.codec.TokenizerTarget;
import dev.finetune4j.modelfiles.config.ConfigTarget;
import dev.finetune4j.modelfiles.template.TemplateTarget;
import dev.finetune4j.modelfiles.weights.GgufTarget;
import dev.finetune4j.modelfiles.weights.SafetensorsTarget;
import dev.finetune4j.modelfiles.weights.ShardIndexTarget;
import dev.finetune4j.testkit.fuzz.ParserFuzzTest;
import dev.finetune4j.testkit.fuzz.ParserTarget;
import java.util.List;

/** Everything that reads a model's files. */
class ModelFilesFuzzTest extends ParserFuzzTest {
    @Override
    protected List<ParserTarget> targets() {
        return List.of(
                new SafetensorsTarget(),
                new ShardIndexTarget(),
                new GgufTarget(),
                new GgufModelTarget(),
                new ConfigTarget(),
                new TokenizerTarget(),
                new TextSettingsTarget(),
                new TemplateTarget());
    }
}
