package dev.finetune4j.offlinecloud.azure.resources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.rest.AzureCall;
import dev.finetune4j.offlinecloud.azure.rest.AzureErrors;
import dev.finetune4j.offlinecloud.azure.rest.Operation;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.List;

/** Budgets of the group, of which nobody is told here. Safe for use by several threads. */
final class Budgets {
    private static final String FIRST_OF_A_MONTH = "\\d{4}-\\d{2}-01(T00:00:00Z)?";
    private static final String MAIL = "[^@\\s]+@[^@\\s]+\\.[^@\\s]+";

    private final Named budgets;

    /** None at first. */
    Budgets(Workspace place) {
        budgets = new Named(place, "Microsoft.Consumption/budgets");
    }

    List<Operation> operations() {
        return List.of(
                Operation.management("Budgets_CreateOrUpdate", "PUT", budgets.path(), this::put),
                Operation.management("Budgets_Get", "GET", budgets.path(), budgets::get),
                Operation.management("Budgets_Delete", "DELETE", budgets.path(), budgets::delete));
    }

    private Answer put(AzureCall call) throws ServiceError {
        ObjectNode body = call.json();
        JsonNode properties = body.path("properties");
        if (properties.path("amount").asDouble() <= 0) {
            throw refused("Budget amount must be greater than 0.");
        }
        if (!properties.at("/timePeriod/startDate").asText().matches(FIRST_OF_A_MONTH)) {
            throw refused("Budget start date must be the first of a month.");
        }
        for (JsonNode notification : properties.path("notifications")) {
            JsonNode mails = notification.path("contactEmails");
            if (mails.isEmpty()) {
                throw refused("A notification must have at least one contact email, role or group.");
            }
            for (JsonNode mail : mails) {
                if (!mail.asText().matches(MAIL)) {
                    throw refused("Contact email '" + mail.asText() + "' is invalid.");
                }
            }
        }
        return budgets.put(call.label("name"), body);
    }

    private static ServiceError refused(String why) {
        return AzureErrors.invalid("400", why);
    }
}
