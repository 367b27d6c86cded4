package dev.finetune4j.engine.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyAdviceTest {
    @ParameterizedTest
    @CsvSource({
        "training, batchSize, rename batchSize to batch-size",
        "training, Batch_Size, rename Batch_Size to batch-size",
        "training, epocs, rename epocs to epochs",
        "training, num_train_epochs, rename num_train_epochs to epochs",
        "training, lr, rename lr to learning-rate",
        "'', learning_rate, write it as training.learning-rate",
        "'', lora_r, write it as method.rank",
        "method, r, rename r to rank",
        "data, train, rename train to file",
        "'', training_file, write it as data.file",
        "training, rank, write it as method.rank",
        "'', traning, rename traning to training",
        "'', seed, write it as data.split.seed",
        "evaluation, metric, write it as evaluation.gate.metric",
    })
    void saysWhatWasMeant(String path, String key, String advice) {
        List<String> here = switch (path) {
            case "" -> List.of("name", "model", "task", "data", "training", "method", "evaluation");
            case "training" -> List.of("epochs", "batch-size", "learning-rate", "seed");
            case "data" -> List.of("file", "format", "sources", "query", "split");
            case "method" -> List.of("kind", "rank", "alpha");
            default -> List.of("few-shot", "gate");
        };

        assertThat(KeyAdvice.of(path, key, here)).contains(advice);
    }

    @Test
    void saysNothingWhereNothingIsNear() {
        assertThat(KeyAdvice.of("", "qwertzuiop", List.of("name"))).isEmpty();
    }
}
