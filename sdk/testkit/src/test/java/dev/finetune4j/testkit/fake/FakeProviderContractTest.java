package dev.finetune4j.testkit.fake;

import dev.finetune4j.testkit.contract.ProviderContractTest;
import dev.finetune4j.testkit.contract.ProviderSubject;

class FakeProviderContractTest extends ProviderContractTest {
    @Override
    protected ProviderSubject newSubject() {
        return new FakeSubject(FakePlace.EVERYTHING);
    }
}
