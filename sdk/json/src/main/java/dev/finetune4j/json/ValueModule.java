package dev.finetune4j.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.run.GgufType;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.function.Function;

/** Values that are written as one text. */
final class ValueModule extends SimpleModule {
    private static final long serialVersionUID = 1L;

    ValueModule() {
        text(ModelRef.class, ModelRef::parse, ModelRef::toString);
        text(ProviderId.class, ProviderId::parse, ProviderId::toString);
        text(MetricName.class, MetricName::parse, MetricName::toString);
        text(RunId.class, RunId::parse, RunId::toString);
        text(GgufType.class, GgufType::parse, GgufType::toString);
        text(Money.class, Money::parse, Money::toString);
        text(Duration.class, Durations::parse, Durations::format);
        text(Instant.class, Instant::parse, Instant::toString);
        text(LocalDate.class, LocalDate::parse, LocalDate::toString);
    }

    private <T> void text(Class<T> type, Function<String, T> parse, Function<T, String> format) {
        addSerializer(type, new StdSerializer<>(type) {
            private static final long serialVersionUID = 1L;

            @Override
            public void serialize(T value, JsonGenerator generator, SerializerProvider provider) throws IOException {
                generator.writeString(format.apply(value));
            }
        });
        addDeserializer(type, new FromStringDeserializer<>(type) {
            private static final long serialVersionUID = 1L;

            @Override
            protected T _deserialize(String text, DeserializationContext context) throws IOException {
                try {
                    return parse.apply(text);
                } catch (RuntimeException e) {
                    JsonParser parser = context.getParser();
                    throw com.fasterxml.jackson.databind.exc.InvalidFormatException.from(
                            parser, e.getMessage(), text, type);
                }
            }
        });
    }
}
