/**
 * Chat templates, rendered as transformers renders them: Jinja2 3.1 with {@code trim_blocks}, {@code lstrip_blocks}, loop controls,
 * {@code {% generation %}}, {@code tojson}, {@code raise_exception} and {@code strftime_now}, in the immutable sandbox.
 *
 * <p>No Java library renders them right, and a wrong rendering is silent: it changes the text that a model is trained on. The way of
 * a template: {@link dev.finetune4j.modelfiles.template.Lexer} to tokens, {@link dev.finetune4j.modelfiles.template.TemplateParser}
 * to statements, which write to an {@link dev.finetune4j.modelfiles.template.Execution}. Templates come with models and are hostile
 * input: steps, output, nesting and ranges are limited, and nothing of Java can be reached from one.
 *
 * <p>Values are Java objects: {@link dev.finetune4j.modelfiles.template.None}, {@code Boolean}, {@code Long}, {@code Double},
 * {@code String}, {@code List}, {@link dev.finetune4j.modelfiles.template.Tuple}, {@link
 * dev.finetune4j.modelfiles.template.Generated}, {@code Map}, {@link dev.finetune4j.modelfiles.template.Namespace}, {@link
 * dev.finetune4j.modelfiles.template.Callable} and {@link dev.finetune4j.modelfiles.template.Undefined}. Not there, since no chat
 * template was seen to need it: {@code import}, {@code include}, {@code extends}, {@code block}, the filters {@code groupby},
 * {@code batch} and {@code slice}, markup safety, and whole numbers beyond 64 bits.
 */
@NullMarked
package dev.finetune4j.modelfiles.template;

import org.jspecify.annotations.NullMarked;
