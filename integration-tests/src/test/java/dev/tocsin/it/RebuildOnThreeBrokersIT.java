package dev.tocsin.it;

@OnThreeBrokers
class RebuildOnThreeBrokersIT extends RebuildIT {}
