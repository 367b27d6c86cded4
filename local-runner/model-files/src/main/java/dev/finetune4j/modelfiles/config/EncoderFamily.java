package dev.finetune4j.modelfiles.config;

import java.util.Arrays;
import java.util.Optional;

/** The encoders whose tensors are known, by the {@code model_type} of config.json. */
public enum EncoderFamily {
    /** <a href="https://arxiv.org/abs/1810.04805">Devlin et al. 2018</a>. */
    BERT("bert", "BertForSequenceClassification"),
    /** <a href="https://arxiv.org/abs/1910.01108">Sanh et al. 2019</a>: BERT without token types, with other names. */
    DISTILBERT("distilbert", "DistilBertForSequenceClassification"),
    /** <a href="https://arxiv.org/abs/1907.11692">Liu et al. 2019</a>: BERT whose positions begin after that of the padding token. */
    ROBERTA("roberta", "RobertaForSequenceClassification");

    private final String modelType;
    private final String classifier;

    EncoderFamily(String modelType, String classifier) {
        this.modelType = modelType;
        this.classifier = classifier;
    }

    /** The family of a {@code model_type}, if it is an encoder that is known. */
    static Optional<EncoderFamily> of(String modelType) {
        return Arrays.stream(values())
                .filter(family -> family.modelType.equals(modelType))
                .findFirst();
    }

    /** The class of transformers that holds such an encoder with a classification head. */
    public String classifier() {
        return classifier;
    }

    /** What config.json calls the number of layers. */
    public String layersKey() {
        return this == DISTILBERT ? "n_layers" : "num_hidden_layers";
    }
}
