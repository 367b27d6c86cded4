package dev.finetune4j.offlinecloud.azure.rest;

import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.Gate;
import dev.finetune4j.offlinecloud.wire.ServiceError;

/** A subscription in which everybody who has signed in may do everything, until a fault says otherwise. */
public final class AzureGate implements Gate {
    private final String caller;

    /** @param caller id of the only one who signs in */
    public AzureGate(String caller) {
        this.caller = caller;
    }

    @Override
    public void check(String session) {
        // tokens are looked at before
    }

    @Override
    public void admit(String session, Access access) {
        // everybody may
    }

    @Override
    public void admitRole(String role, Access access) {
        // everybody may
    }

    @Override
    public boolean trusts(String role, String service) {
        return true;
    }

    @Override
    public ServiceError denial(String session, Access access) {
        return AzureErrors.forbidden(caller, access.action(), access.resource());
    }
}
