"""Anxin 安心, the open digital platform for the home-services trade."""
