/**
 * Recipes: what the core would do on a job, written down for an engine that trains where the core cannot yet.
 *
 * <table>
 * <caption>The files of a recipe</caption>
 * <tr><td>{@code recipe.json}</td><td>{@link dev.finetune4j.worker.recipe.Recipe}: settings, and size and digest of the other files but {@code setup.json}</td></tr>
 * <tr><td>{@code train.tokens}, {@code validation.tokens}</td><td>the rows end to end, 4 bytes a token, little-endian: a token's id, or
 * minus id minus 1 where the token is learned, which none of an encoder's is</td></tr>
 * <tr><td>{@code train.index}, {@code validation.index}</td><td>8 bytes a row, little-endian: tokens before it; then all tokens</td></tr>
 * <tr><td>{@code train.labels}, {@code validation.labels}</td><td>of an encoder: 4 bytes a row, little-endian, the number of its
 * label</td></tr>
 * <tr><td>{@code head.safetensors}</td><td>of an encoder: how its head starts, float32 by the names of transformers</td></tr>
 * <tr><td>{@code steps.jsonl}</td><td>one {@link dev.finetune4j.worker.recipe.StepLine} an optimizer step</td></tr>
 * <tr><td>{@code ask-VARIANT.jsonl}</td><td>one {@link dev.finetune4j.training.predict.Question} a line; answers that are those of the
 * line before are left out</td></tr>
 * <tr><td>{@code setup.json}</td><td>{@link dev.finetune4j.worker.recipe.PassSetup}, where it was planned for the machine</td></tr>
 * </table>
 */
@NullMarked
package dev.finetune4j.worker.recipe;

import org.jspecify.annotations.NullMarked;
