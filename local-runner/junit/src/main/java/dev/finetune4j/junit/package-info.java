/**
 * Fine-tunes a model in a team's own tests and guards it.
 *
 * <pre>{@code
 * @FineTune("tickets/job.yaml")
 * class TicketModelTest {
 *     @Test
 *     void keepsItsQuality(FineTunedRun run) {
 *         assertThat(run).hasNoDataProblems().beatsBase().isNoWorseThanBaseline();
 *     }
 *
 *     @Test
 *     void sendsInvoicesToBilling(TunedModel tuned) {
 *         assertEquals("billing", tuned.predict(Map.of("text", "my invoice is wrong", "team", "billing")).answer());
 *     }
 * }
 * }</pre>
 *
 * <p>Switches, each a JUnit configuration parameter, so a system property ({@code -Dfinetune4j.baseline=record}) or a line of
 * {@code junit-platform.properties}:
 *
 * <table>
 * <caption>Switches</caption>
 * <tr><th>name</th><th>values</th></tr>
 * <tr><td>{@code finetune4j.baseline}</td><td>{@code compare} (default), or {@code record}: baselines are written anew</td></tr>
 * <tr><td>{@code finetune4j.train}</td><td>{@code once} (default), or {@code always}: runs of earlier executions are not used</td></tr>
 * <tr><td>{@code finetune4j.home}</td><td>where runs, models and data lie; {@code FINETUNE_HOME} or {@code ~/.finetune4j}</td></tr>
 * <tr><td>{@code finetune4j.folder}</td><td>the module's folder; what the build calls {@code basedir}, or the working folder</td></tr>
 * <tr><td>{@code finetune4j.output}</td><td>where summaries go; {@code target/finetune4j}</td></tr>
 * </table>
 *
 * <p>A job is the same as one that was run before if the digests of job, rows and model and the version of finetune4j are; a snapshot
 * counts as one version, so after a change of finetune4j itself train anew.
 *
 * <p>After each test class two files lie in {@code target/finetune4j}: {@code CLASS.md} for a comment on a pull request, and
 * {@code TEST-finetune4j-CLASS.xml}, in which every claim is a test case and every metric a property, for the CI's reader of JUnit XML.
 */
@NullMarked
package dev.finetune4j.junit;

import org.jspecify.annotations.NullMarked;
