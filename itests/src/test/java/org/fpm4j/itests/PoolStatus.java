package org.fpm4j.itests;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;

/** One pool's part of {@code fpm4j status --json}. */
record PoolStatus(JsonObject json) {

  /** Returns the pool's part; fails if there is no such pool. */
  static PoolStatus of(String statusJson, String pool) {
    for (JsonElement each :
        JsonParser.parseString(statusJson).getAsJsonObject().getAsJsonArray("pools")) {
      if (each.getAsJsonObject().get("name").getAsString().equals(pool)) {
        return new PoolStatus(each.getAsJsonObject());
      }
    }
    throw new AssertionError("no pool " + pool + " in " + statusJson);
  }

  int number(String field) {
    return json.get(field).getAsInt();
  }

  String text(String field) {
    return json.get(field).getAsString();
  }

  int idle() {
    return number("idle");
  }

  int active() {
    return number("active");
  }

  int total() {
    return number("total");
  }

  int generation() {
    return number("generation");
  }
}
