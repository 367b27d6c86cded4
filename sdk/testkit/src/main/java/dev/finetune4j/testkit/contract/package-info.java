/**
 * What every provider must do, as a test to extend. A provider's own test names a {@link
 * dev.finetune4j.testkit.contract.ProviderSubject} and inherits one nested topic for each promise of {@link
 * dev.finetune4j.spi.Provider}. What a provider does not claim in its capabilities it must refuse; both are tested.
 */
@NullMarked
package dev.finetune4j.testkit.contract;

import org.jspecify.annotations.NullMarked;
