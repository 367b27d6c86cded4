package dev.finetune4j.azure.price;

import java.math.BigDecimal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One item of the list, by Microsoft's names.
 *
 * @param currencyCode currency of the price
 * @param retailPrice the price of one unit
 * @param unitOfMeasure the unit, such as {@code 1 Hour} or {@code 1K}
 * @param armRegionName the region
 * @param armSkuName the machine; empty for what is none
 * @param meterName the meter
 * @param productName the product
 * @param skuName the machine and its terms
 * @param type {@code Consumption} where nothing is committed to
 * @param isPrimaryMeterRegion whether this meter is the one that bills
 */
public record RetailPrice(
        String currencyCode,
        BigDecimal retailPrice,
        String unitOfMeasure,
        String armRegionName,
        @Nullable String armSkuName,
        String meterName,
        String productName,
        String skuName,
        String type,
        boolean isPrimaryMeterRegion) {
    /** Refuses an item that lacks what a price needs. */
    public RetailPrice {
        Objects.requireNonNull(currencyCode, "currencyCode");
        Objects.requireNonNull(retailPrice, "retailPrice");
        Objects.requireNonNull(unitOfMeasure, "unitOfMeasure");
        Objects.requireNonNull(armRegionName, "armRegionName");
        Objects.requireNonNull(meterName, "meterName");
        Objects.requireNonNull(productName, "productName");
        Objects.requireNonNull(skuName, "skuName");
        Objects.requireNonNull(type, "type");
    }
}
