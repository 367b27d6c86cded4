package dev.finetune4j.json;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.jsontype.TypeResolverBuilder;
import com.fasterxml.jackson.databind.jsontype.impl.StdTypeResolverBuilder;
import com.fasterxml.jackson.databind.util.NameTransformer;
import dev.finetune4j.value.Inline;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Teaches Jackson the house's conventions, so that the API records carry no Jackson annotation. */
final class RecordIntrospector extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;
    private static final String DISCRIMINATOR = "kind";

    @Override
    public @Nullable TypeResolverBuilder<?> findTypeResolver(
            MapperConfig<?> config, AnnotatedClass annotated, JavaType baseType) {
        if (!isOurSealedInterface(baseType.getRawClass())) {
            return null;
        }
        return new StdTypeResolverBuilder()
                .init(JsonTypeInfo.Id.NAME, null)
                .inclusion(JsonTypeInfo.As.PROPERTY)
                .typeProperty(DISCRIMINATOR);
    }

    @Override
    public @Nullable List<NamedType> findSubtypes(Annotated annotated) {
        if (!isOurSealedInterface(annotated.getRawType())) {
            return null;
        }
        return SealedKinds.variants(annotated.getRawType()).stream()
                .map(variant -> new NamedType(variant, SealedKinds.name(variant)))
                .toList();
    }

    @Override
    public @Nullable NameTransformer findUnwrappingNameTransformer(AnnotatedMember member) {
        return _hasAnnotation(member, Inline.class) ? NameTransformer.NOP : null;
    }

    @Override
    public @Nullable String findTypeName(AnnotatedClass annotated) {
        return null;
    }

    @Override
    public String[] findEnumValues(MapperConfig<?> config, AnnotatedClass annotated, Enum<?>[] values, String[] names) {
        for (int i = 0; i < values.length; i++) {
            names[i] = values[i].name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
        return names;
    }

    private static boolean isOurSealedInterface(Class<?> type) {
        return type.isInterface() && type.isSealed() && type.getName().startsWith("dev.finetune4j.");
    }
}
