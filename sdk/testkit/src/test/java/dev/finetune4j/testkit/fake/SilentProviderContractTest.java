package dev.finetune4j.testkit.fake;

import dev.finetune4j.testkit.contract.ProviderContractTest;
import dev.finetune4j.testkit.contract.ProviderSubject;

/** The contract for a place that sells tokens: what it does not claim must be refused. */
class SilentProviderContractTest extends ProviderContractTest {
    @Override
    protected ProviderSubject newSubject() {
        return new FakeSubject(FakePlace.SILENT);
    }
}
